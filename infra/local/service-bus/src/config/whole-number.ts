import { z } from 'zod';

/** A text of digits that stands for a number between two limits. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'not a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}
