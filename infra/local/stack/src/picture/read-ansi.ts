/** A piece of a line in one style. */
export interface Span {
  readonly text: string;
  /** The ANSI code that it stands in, such as 1 for bold or 32 for green; 0 for none. */
  readonly code: number;
}

const ESCAPE = '\u001b[';

/** Splits a line of a terminal into its styles. It knows codes of one number, as `ansiPaint` writes them. */
export function readAnsi(line: string): Span[] {
  const [plain = '', ...styled] = line.split(ESCAPE);
  const spans = styled.map((piece) => {
    const end = piece.indexOf('m');
    return { text: piece.slice(end + 1), code: Number(piece.slice(0, end)) };
  });
  return [{ text: plain, code: 0 }, ...spans].filter(({ text }) => text !== '');
}
