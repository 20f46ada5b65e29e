import { readAnsi, type Span } from './read-ansi';

const WIDTH = 1000;
const MARGIN = 38;
const BAR = 40;
const LINE_HEIGHT = 20;
const FONT_SIZE = 14;
/** The width of a character; every run of text is stretched to it, so that columns stand whatever the font. */
const CHARACTER = 8.4;

const STYLE = `
    svg { --page: #ffffff; --edge: #d0d7de; --text: #1f2328; --dim: #7d8590; --red: #cf222e; --green: #1a7f37;
      --yellow: #9a6700; --blue: #0969da; --magenta: #8250df; --cyan: #0a7a8f; }
    @media (prefers-color-scheme: dark) {
      svg { --page: #0d1117; --edge: #30363d; --text: #e6edf3; --dim: #7d8590; --red: #ff7b72; --green: #3fb950;
        --yellow: #d29922; --blue: #58a6ff; --magenta: #d2a8ff; --cyan: #56d4dd; }
    }
    text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; fill: var(--text);
      white-space: pre; }
    .page { fill: var(--page); stroke: var(--edge); }
    .dot { fill: var(--edge); }
    .c1 { font-weight: 700; }
    .c2 { fill: var(--dim); }
    .c31 { fill: var(--red); }
    .c32 { fill: var(--green); }
    .c33 { fill: var(--yellow); }
    .c34 { fill: var(--blue); }
    .c35 { fill: var(--magenta); }
    .c36 { fill: var(--cyan); }`;

/**
 * Draws the lines of a terminal, with their ANSI styles, as an SVG for light and dark pages that needs no fonts of its own.
 * The same lines make the same picture.
 *
 * @param title stands in the bar of the window, and names the picture for those who don't see it
 */
export function drawTerminal(title: string, lines: readonly string[]): string {
  const height = BAR + (lines.length + 1) * LINE_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>${escape(title)}</title>
  <style>${STYLE}
  </style>
  <rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>
  ${[0, 1, 2].map((dot) => `<circle class="dot" cx="${MARGIN + 6 + dot * 20}" cy="${BAR / 2}" r="6"/>`).join('')}
  <text class="c2" x="${WIDTH / 2}" y="${BAR / 2 + 5}" text-anchor="middle">${escape(title)}</text>
${lines.flatMap((line, row) => drawLine(line, BAR + (row + 1) * LINE_HEIGHT - 6)).join('\n')}
</svg>
`;
}

function drawLine(line: string, y: number): string[] {
  const drawn: string[] = [];
  let column = 0;
  for (const span of readAnsi(line)) {
    drawn.push(...drawSpan(span, column, y));
    column += span.text.length;
  }
  return drawn;
}

/** Each run between wide gaps is placed by itself. */
function drawSpan({ text, code }: Span, column: number, y: number): string[] {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map((run) => {
    const x = round(MARGIN + (column + run.index) * CHARACTER);
    const length = round(run[0].length * CHARACTER);
    const style = code === 0 ? '' : ` class="c${code}"`;
    return `  <text${style} x="${x}" y="${y}" textLength="${length}">${escape(run[0])}</text>`;
  });
}

/** Without the traces of binary fractions. */
const round = (number: number): number => Math.round(number * 10) / 10;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
