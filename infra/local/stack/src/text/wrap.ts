/**
 * Breaks a text into lines of at most `width` characters: behind semicolons if that is enough, between words where it is not.
 * A word that is longer than a line has a line to itself.
 */
export function wrap(text: string, width: number): string[] {
  return fill(text.split(/(?<=;) /), width).flatMap((line) =>
    line.length <= width ? [line] : fill(line.split(' '), width),
  );
}

/** Joins pieces by spaces, as many to a line as fit. */
export function fill(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= width) lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(piece);
  }
  return lines;
}
