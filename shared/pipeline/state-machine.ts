import { stageNames, type Purchase, type StageName } from '#shared/domain/purchase';

/** Where a purchase is: at a stage while it is open, else in the state that ended or stopped it. */
export type State = StageName | Exclude<Purchase['status'], 'open'>;

export function stateOf({ status, stage }: Pick<Purchase, 'status' | 'stage'>): State {
  return status === 'open' ? stage : status;
}

/**
 * Every edge that a purchase may take, besides staying where it is. A stage that retries stays; a held purchase goes on
 * at the stage that held it. The types of the stages and the drawing in functions/README.md are made from this table.
 */
export const edges = {
  enablement: ['discovery', 'rejected', 'held', 'cancelled'],
  discovery: ['enablement', 'inventory', 'cart', 'rejected', 'held', 'cancelled'],
  inventory: ['cart', 'discovery', 'rejected', 'held', 'cancelled'],
  cart: ['checkout', 'discovery', 'quoted', 'rejected', 'held', 'cancelled'],
  checkout: ['tracking', 'discovery', 'rejected', 'held', 'cancelled'],
  tracking: ['completed', 'partially-completed', 'held', 'cancelled', 'failed'],
  held: [...stageNames, 'cancelled', 'failed'],
  // By an operator's cancel, which tracking carries out as far as Partner Center still allows it.
  completed: ['tracking'],
  'partially-completed': ['tracking'],
  quoted: [],
  rejected: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<State, readonly State[]>;

/** The stages that a stage may advance to. */
export type NextStage<Name extends StageName> = Extract<(typeof edges)[Name][number], StageName>;

/** The states to which a purchase may go from a state. */
export function edgesFrom(state: State): readonly State[] {
  return edges[state];
}

/** Throws when a purchase is about to take an edge that does not exist: a bug of ours, which must not pass unseen. */
export function assertEdge(before: Purchase, after: Purchase): void {
  const [from, to] = [stateOf(before), stateOf(after)];
  const staysOpen = from === to && before.status === 'open';
  if (staysOpen || edgesFrom(from).includes(to)) return;
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
