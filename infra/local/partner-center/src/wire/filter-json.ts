import { withKnownNames } from './known-names';
import { refusal } from './refusal';

/** The `filter` of a query: URL-encoded JSON with member names in any case (the .NET SDK writes PascalCase). */
export function filterJson(text: string): unknown {
  try {
    return withKnownNames(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('invalidInput', 'The filter is not JSON.');
    throw error;
  }
}
