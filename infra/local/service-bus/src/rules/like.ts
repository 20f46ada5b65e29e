/** A LIKE pattern: `%` is any text, `_` any character, and characters after the escape character stand for themselves. */
type Element = { kind: 'any-text' } | { kind: 'any-character' } | { kind: 'character'; character: string };

/** True when the text matches the pattern. Takes at most the product of both lengths in steps, whatever the pattern. */
export function like(text: string, pattern: string, escape: string): boolean {
  const elements = elementsOf(pattern, escape);
  let at = 0;
  let element = 0;
  let retryAt = -1;
  let retryElement = -1;
  while (at < text.length) {
    const wanted = elements[element];
    if (wanted?.kind === 'any-text') {
      retryElement = ++element;
      retryAt = at;
    } else if (wanted && (wanted.kind === 'any-character' || wanted.character === text[at])) {
      element++;
      at++;
    } else if (retryElement >= 0) {
      element = retryElement;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  return elements.slice(element).every(({ kind }) => kind === 'any-text');
}

function elementsOf(pattern: string, escape: string): Element[] {
  const elements: Element[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] ?? '';
    if (escape !== '' && character === escape) elements.push({ kind: 'character', character: pattern[++i] ?? '' });
    else if (character === '%') elements.push({ kind: 'any-text' });
    else if (character === '_') elements.push({ kind: 'any-character' });
    else elements.push({ kind: 'character', character });
  }
  return elements;
}
