const TIME_SPAN = /^(?:(?<days>\d+)\.)?(?<hours>\d+):(?<minutes>\d{1,2})(?::(?<seconds>\d{1,2}(?:\.\d{1,7})?))?$/;

/**
 * Reads a .NET TimeSpan such as `00:05:00` or `1.12:00:00`, in milliseconds; undefined if the text is something else.
 * .NET reads `24:00:00` as 24 days, which is never what was meant: it counts as something else here.
 */
export function readTimeSpan(text: string): number | undefined {
  const parts = TIME_SPAN.exec(text.trim())?.groups;
  if (parts === undefined) return undefined;
  const days = Number(parts['days'] ?? 0);
  const hours = Number(parts['hours']);
  const minutes = Number(parts['minutes']);
  const seconds = Number(parts['seconds'] ?? 0);
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined;
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
