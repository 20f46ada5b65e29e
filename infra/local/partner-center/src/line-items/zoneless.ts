/** A day as the older commerce writes it: midnight, without a zone. */
export const zoneless = (time: number): string => `${new Date(time).toISOString().slice(0, 10)}T00:00:00`;
