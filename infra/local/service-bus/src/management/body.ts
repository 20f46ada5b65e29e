import { AmqpError } from '#amqp/amqp-error';
import { AmqpMap, type Decoded } from '#amqp/value';

/** The member of a management request's body, or undefined. Throws AmqpError when the body is no map. */
export function member(body: Decoded, name: string): Decoded | undefined {
  if (!(body instanceof AmqpMap)) throw invalid('The body of the request is not a map.');
  return body.get(name) ?? undefined;
}

/** A member that must be a number. */
export function numberIn(body: Decoded, name: string): number {
  const value = member(body, name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw invalid(`${name} is missing or no whole number.`);
  return value;
}

/** A member that is text, or undefined. */
export function textIn(body: Decoded, name: string): string | undefined {
  const value = member(body, name);
  return typeof value === 'string' ? value : undefined;
}

/** A member that must be text. */
export function mustText(body: Decoded, name: string): string {
  const value = textIn(body, name);
  if (value === undefined) throw invalid(`${name} is missing.`);
  return value;
}

/** A member that must be a list or array. */
export function listIn(body: Decoded, name: string): Decoded[] {
  const value = member(body, name);
  if (!Array.isArray(value)) throw invalid(`${name} is missing.`);
  return value;
}

/** A member that must be a list of numbers. */
export function numbersIn(body: Decoded, name: string): number[] {
  return listIn(body, name).map((value) => {
    if (typeof value !== 'number') throw invalid(`${name} holds something that is no number.`);
    return value;
  });
}

function invalid(text: string): AmqpError {
  return new AmqpError('amqp:invalid-field', text);
}
