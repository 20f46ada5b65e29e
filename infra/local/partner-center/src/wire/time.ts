import { digits } from './digits';

/** A time on the wire; the real service prints up to seven digits of the second, and so does this. */
export const wireTime = (milliseconds: number, ticks = 0): string =>
  `${new Date(milliseconds).toISOString().slice(0, -1)}${digits(ticks % 10_000, 4)}Z`;

/** "Not set", as the service writes it. */
export const unset = '0001-01-01T00:00:00';
/** "Never", as the service writes it. */
export const never = '9999-12-31T00:00:00Z';

/** A day as the older commerce writes it: midnight, without a zone. */
export const zoneless = (time: number): string => `${new Date(time).toISOString().slice(0, 10)}T00:00:00`;
