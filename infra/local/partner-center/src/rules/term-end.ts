/** The end of a term (`P1M`, `P1Y`, `P3Y`; ISO 8601 months and years) that starts at this moment (milliseconds). */
export function termEnd(start: number, duration: string): number {
  const [, years = '0', months = '0'] = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(duration) ?? [];
  const end = new Date(start);
  end.setUTCFullYear(end.getUTCFullYear() + Number(years), end.getUTCMonth() + Number(months));
  return end.getTime();
}
