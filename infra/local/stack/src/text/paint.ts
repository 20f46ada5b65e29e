const CODES = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
} as const;

export type Style = keyof typeof CODES;

/** Puts text in a colour or weight, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colours by ANSI codes, which a terminal shows. */
export const ansiPaint: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;

/** No colours, for files and pipes. */
export const plainPaint: Paint = (_, text) => text;

/**
 * Chooses for a stream: colours on a terminal only, unless FORCE_COLOR (0 or false: never) or NO_COLOR says otherwise; FORCE_COLOR wins,
 * as it does in Node (https://nodejs.org/api/cli.html#force_color1-2-3, https://no-color.org).
 */
export function paintFor({ isTTY }: { isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Paint {
  const { FORCE_COLOR: force, NO_COLOR: no } = env;
  if (force !== undefined) return force === '0' || force === 'false' ? plainPaint : ansiPaint;
  if (no !== undefined && no !== '') return plainPaint;
  return isTTY === true && env['TERM'] !== 'dumb' ? ansiPaint : plainPaint;
}
