/** Text escaped for HTML, also within quotes. */
const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;

/** A table with a heading. `head` has the names of the columns, separated by spaces; line breaks in cells are kept. */
export const table = (title: string, head: string, rows: readonly string[][]): string => {
  const id = title.toLowerCase();
  const content = rows.map((cells) => row(cells, 'td')).join('');
  const filled = `<div class="wide"><table>${row(head.split(' '), 'th')}${content}</table></div>`;
  return `<section id="${escape(id)}"><h2>${escape(title)}</h2>${rows.length === 0 ? '<p>None.</p>' : filled}</section>`;
};

/** A paragraph of text. */
export const paragraph = (text: string): string => `<p>${escape(text)}</p>`;
/** Text in a fixed width. */
export const example = (text: string): string => `<pre class="wide">${escape(text)}</pre>`;

/** Links by their text. */
export const menu = (links: Readonly<Record<string, string>>): string =>
  `<nav>${Object.entries(links)
    .map(([text, address]) => `<a href="${escape(address)}">${escape(text)}</a>`)
    .join(' · ')}</nav>`;

const STYLE = `
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}
h1{margin-bottom:.3rem} h2{margin:2rem 0 .5rem;font-size:1.15rem}
nav{margin:.4rem 0} a{color:light-dark(#0550ae,#79b8ff)}
.wide{overflow-x:auto}
pre{padding:.8rem;border-radius:6px;background:light-dark(#f3f4f6,#23262b)}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid light-dark(#d8dbe0,#3b4048);padding:.3rem .9rem .3rem 0;text-align:left;vertical-align:top;white-space:pre-line}
td:first-child{font-family:ui-monospace,monospace;font-size:.9em;white-space:nowrap}
th{font-weight:600;color:light-dark(#57606a,#9da5b0)}
`;

/** A whole page of these parts, which are HTML. */
export const page = (title: string, parts: readonly string[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><STYLE>${STYLE}</style></head>
<body><h1>${escape(title)}</h1>
${parts.join('\n')}
</body></html>
`;
