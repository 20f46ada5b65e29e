import { withKnownNames } from './known-names';
import { refusal } from './refusal';

/** The `filter` of a query: JSON in any case, URL-encoded (the .NET SDK writes it in PascalCase). */
export function filterJson(text: string): unknown {
  try {
    return withKnownNames(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('invalidInput', 'The filter is not JSON.');
    throw error;
  }
}
