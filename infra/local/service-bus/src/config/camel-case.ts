type CamelCase<T> = { [K in keyof T as Uncapitalize<K & string>]: T[K] };

/** The object with its members in camel case: Microsoft's configuration and XML begin them with a capital. */
export function camelCase<T extends object>(object: T): CamelCase<T>;
export function camelCase(object: object): object {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]): [string, unknown] => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      value,
    ]),
  );
}
