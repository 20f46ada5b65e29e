import type { CrashPoint } from '#test/support/crashes';

const moments = ['before', 'after'] as const;

/** Every way to die once: before or after each effect. */
export function singles(effects: number): CrashPoint[][] {
  return Array.from({ length: effects }, (_, at) => moments.map((when) => [{ effect: at + 1, when }])).flat();
}

/**
 * The ways to die once that differ in what they leave behind: dying before an effect leaves what dying after the one before it
 * does, since between two effects there are only reads.
 */
export function distinctSingles(effects: number): CrashPoint[][] {
  return [[{ effect: 1, when: 'before' }], ...singles(effects).filter(([point]) => point?.when === 'after')];
}

/**
 * The ways to die twice that differ in what they leave behind. Effects are numbered through deaths: the second one may fall on
 * what heals the first, from its very beginning.
 */
export function pairs(effects: number): CrashPoint[][] {
  return distinctSingles(effects).flatMap(([first]) => {
    if (first === undefined) return [];
    const next: CrashPoint = { effect: first.effect + 1, when: 'before' };
    const later = Array.from({ length: effects + 3 - first.effect }, (_, at) => first.effect + 1 + at);
    return [next, ...later.map((effect): CrashPoint => ({ effect, when: 'after' }))].map((second) => [first, second]);
  });
}
