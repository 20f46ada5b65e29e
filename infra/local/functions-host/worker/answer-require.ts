import Module from 'node:module';

/**
 * Answers `require(name)` with the given exports, wherever the app calls it. Only `require` is answered, as the real
 * worker does: an app that says `import` of this module fails on Azure and must fail here.
 */
export function answerRequire(name: string, exports: object): void {
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (target, self, args: [string]) => (args[0] === name ? exports : Reflect.apply(target, self, args)),
  });
}
