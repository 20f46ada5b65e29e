import type { z } from 'zod';

/** A name in a configuration, and the path of the key it stands at. */
export interface Named {
  readonly path: (string | number)[];
  readonly name: string | undefined;
}

/** Reports two queues or topics with the same name, whatever its case, and forwarding to something that does not exist. */
export function checkNames(
  context: z.core.$RefinementCtx,
  entities: readonly Named[],
  targets: readonly Named[],
): void {
  const known = new Set<string | undefined>();
  for (const { path, name } of entities) {
    if (known.has(name?.toLowerCase())) complain(context, path, `the name '${name}' is taken already`);
    known.add(name?.toLowerCase());
  }
  for (const { path, name } of targets) {
    if (name !== undefined && !known.has(name.toLowerCase()))
      complain(context, path, `there is no queue or topic '${name}'`);
  }
}

function complain(context: z.core.$RefinementCtx, path: (string | number)[], message: string): void {
  context.addIssue({ code: 'custom', path, message });
}
