/** Goes on after "a Partner Center", and the sandbox's switches. */
export type Guard = readonly [name: string, switches: readonly string[]];

/**
 * What Partner Center does by itself against buying twice. It documents two guards, and either must suffice; as long as
 * no effect comes late, none must. (With late effects and no guard, no client can be safe.)
 */
export const bothGuards: Guard = ['with both of its guards', []];
export const noGuard: Guard = ['without any guard', ['--request-memory', 'off', '--ordered-cart-guard', 'off']];
export const forgetsRequestIds: Guard = ['that forgets request ids', ['--request-memory', 'off']];
export const buysOrderedCarts: Guard = [
  'that buys again when an ordered cart is checked out',
  ['--ordered-cart-guard', 'off'],
];
export const answers800065: Guard = ['that answers 800065 for an ordered cart', ['--checkout-replay', 'error-800065']];
export const guards: readonly Guard[] = [bothGuards, forgetsRequestIds, buysOrderedCarts, answers800065, noGuard];
