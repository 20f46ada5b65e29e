/** A piece of a line in one style. */
export interface Span {
  readonly text: string;
  /** The ANSI code that it stands in, such as 1 for bold or 32 for green; undefined for none. */
  readonly code: number | undefined;
}

/** Splits a line of a terminal into its styles. It knows what `ansiPaint` writes: one code, the text, the reset. */
export function readAnsi(line: string): Span[] {
  return line.split(/(\u001b\[\d+m[^\u001b]*\u001b\[0m)/).flatMap((piece) => {
    const styled = /^\u001b\[(\d+)m([^\u001b]*)/.exec(piece);
    const span =
      styled === null ? { text: piece, code: undefined } : { text: styled[2] ?? '', code: Number(styled[1]) };
    return span.text === '' ? [] : [span];
  });
}
