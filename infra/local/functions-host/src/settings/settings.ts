/** How a trigger reaches its service. */
export type Connection =
  | { readonly kind: 'connectionString'; readonly value: string }
  | { readonly kind: 'identity'; readonly fullyQualifiedNamespace: string; readonly clientId: string | undefined };

/** App settings, read from the environment; the case of their names does not matter. */
export interface Settings {
  /** The value of a setting, undefined if it is missing or empty. */
  get(name: string): string | undefined;
  /**
   * Replaces every `%Name%` by the value of that setting; throws when one has no value.
   * @param where names the place in error messages
   */
  expand(text: string, where: string): string;
  /** The connection of that name; throws when no setting defines it. */
  connection(name: string, where: string): Connection;
  isDisabled(functionName: string): boolean;
}

/**
 * Reads settings from an environment
 * (https://learn.microsoft.com/azure/azure-functions/functions-reference#connections).
 */
export function createSettings(env: NodeJS.ProcessEnv): Settings {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value !== '') values.set(canonicalName(name), value);
  }
  const get = (name: string): string | undefined => values.get(canonicalName(name));

  function expand(text: string, where: string): string {
    return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
      const value = get(name);
      if (value === undefined) throw new Error(`${where} uses %${name}%, but no app setting of that name has a value`);
      return value;
    });
  }

  function connection(name: string, where: string): Connection {
    for (const prefixed of [`AzureWebJobs${name}`, name]) {
      const value = get(prefixed);
      if (value !== undefined) return { kind: 'connectionString', value };
      const fullyQualifiedNamespace = get(`${prefixed}__fullyQualifiedNamespace`);
      if (fullyQualifiedNamespace !== undefined) {
        return { kind: 'identity', fullyQualifiedNamespace, clientId: get(`${prefixed}__clientId`) };
      }
    }
    throw new Error(
      `${where} needs the connection "${name}": set ${name} (a connection string) or ${name}__fullyQualifiedNamespace`,
    );
  }

  return {
    get,
    expand,
    connection,
    isDisabled: (name) => /^(true|1)$/i.test(get(`AzureWebJobs.${name}.Disabled`) ?? ''),
  };
}

/** .NET configuration ignores case, and `__` in a variable's name stands for `:`. */
const canonicalName = (name: string): string => name.toLowerCase().replaceAll('__', ':');
