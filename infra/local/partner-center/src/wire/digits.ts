/** A whole number in decimal, with leading zeros up to this many digits. */
export const digits = (number: number, width: number): string => `${number}`.padStart(width, '0');
