/** The beginning of a text, at most so many UTF-16 units long. A character of two units stays whole or is left out. */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const endsInside = /[\uD800-\uDBFF]/.test(text.charAt(longest - 1));
  return text.slice(0, endsInside ? longest - 1 : longest);
}
