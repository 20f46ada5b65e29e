import { stageNames, type Purchase, type StageName } from '#shared/domain/purchase';

/** Where a purchase is: at a stage while it is open, else in the state that ended or stopped it. */
export type State = StageName | Exclude<Purchase['status'], 'open'>;

export function stateOf({ status, stage }: Pick<Purchase, 'status' | 'stage'>): State {
  return status === 'open' ? stage : status;
}

/**
 * Every edge that a purchase may take, besides staying where it is. A stage that waits stays; a held purchase goes on
 * at the stage that held it. The drawing in functions/README.md is made from this table.
 */
export const edges: Record<State, readonly State[]> = {
  enablement: ['discovery', 'refused', 'held', 'cancelled'],
  discovery: ['enablement', 'inventory', 'cart', 'refused', 'held', 'cancelled'],
  inventory: ['cart', 'discovery', 'refused', 'held', 'cancelled'],
  cart: ['checkout', 'discovery', 'quoted', 'refused', 'held', 'cancelled'],
  checkout: ['tracking', 'discovery', 'refused', 'held', 'cancelled'],
  tracking: ['completed', 'partially-completed', 'held', 'cancelled'],
  held: [...stageNames, 'partially-completed', 'cancelled', 'failed'],
  // Only by an operator's cancel, as far as Partner Center still allows it.
  completed: ['partially-completed', 'cancelled'],
  'partially-completed': ['partially-completed', 'cancelled'],
  quoted: [],
  refused: [],
  failed: [],
  cancelled: [],
};

/** Throws when a purchase is about to take an edge that does not exist: a bug of ours, which a person must see. */
export function assertEdge(before: Purchase, after: Purchase): void {
  const [from, to] = [stateOf(before), stateOf(after)];
  const staysOpen = from === to && before.status === 'open';
  if (staysOpen || edges[from].includes(to)) return;
  throw new Error(`Purchase ${before.id} can not go from ${from} to ${to}.`);
}

/** The state machine as a Mermaid diagram. */
export function drawStateMachine(): string {
  const name = (state: string) => state.replaceAll('-', '_');
  const arrows = Object.entries(edges).flatMap(([from, targets]) =>
    targets.map((to) => `  ${name(from)} --> ${name(to)}`),
  );
  const ends = Object.entries(edges).flatMap(([from, targets]) =>
    targets.length === 0 ? [`  ${name(from)} --> [*]`] : [],
  );
  return ['stateDiagram-v2', '  [*] --> enablement', '  [*] --> discovery', '  [*] --> held', ...arrows, ...ends].join(
    '\n',
  );
}
