import Module from 'node:module';

/**
 * Answers `require(name)` with the given exports, wherever the app calls it. Only `require` is answered, as in the real
 * worker: an app that uses `import` for this module fails on Azure and must fail here.
 */
export function answerRequire(name: string, exports: object): void {
  const original: unknown = Reflect.get(Module.prototype, 'require');
  if (typeof original !== 'function')
    throw new Error('This version of Node has no Module.prototype.require, which the host needs to load an app');
  const answering = new Proxy(original, {
    apply: (target, self, args) => (args[0] === name ? exports : Reflect.apply(target, self, args)),
  });
  Reflect.set(Module.prototype, 'require', answering);
}
