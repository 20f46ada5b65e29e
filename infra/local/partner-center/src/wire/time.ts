import { digits } from './digits';

/** A time (milliseconds) as the API writes it, with seven digits of the second; `ticks` are the last four of them. */
export const wireTime = (milliseconds: number, ticks = 0): string =>
  `${new Date(milliseconds).toISOString().slice(0, -1)}${digits(ticks % 10_000, 4)}Z`;

/** "Not set", as the API writes it. */
export const UNSET = '0001-01-01T00:00:00';
/** "Never", as the API writes it. */
export const NEVER = '9999-12-31T00:00:00Z';

/** A day (milliseconds) as the older commerce writes it: midnight, without a time zone. */
export const zoneless = (time: number): string => `${new Date(time).toISOString().slice(0, 10)}T00:00:00`;
