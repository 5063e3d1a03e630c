// First of the prelude. Takes away what would make two evaluations differ, and keeps the built-in functions that the
// rest of the prelude relies on, so that nothing an author does to a prototype later can reach it. For the same reason a
// table of ours that is read by a name it may lack, or that the engine reads as a descriptor, has no prototype, and texts
// are joined with `+`: the engine makes a template of calls of `String.prototype.concat`.
//
// Each prelude file is one function: it is given the kit made by the files before it and adds its own members. The kit
// is never a global, so author code cannot get hold of it.
(kit) => {
  for (const name of ['Date', 'SharedArrayBuffer', 'WeakRef', 'FinalizationRegistry', 'performance'])
    delete globalThis[name];
  delete Math.random;
  Object.defineProperty(globalThis, 'host', { value: Object.freeze(JSON.parse(kit.host)), enumerable: true });

  const { apply } = Reflect;
  /** Turns a method into a function whose first argument is `this`. */
  const uncurry =
    (method) =>
    (self, ...args) =>
      apply(method, self, args);
  const functionGetter = (name) => uncurry(Object.getOwnPropertyDescriptor(Function.prototype, name).get);

  kit.intrinsics = {
    apply,
    NativeError: Error,
    NativePromise: Promise,
    NativeProxy: Proxy,
    toText: String,
    objectPrototype: Object.prototype,
    defineProperty: Object.defineProperty,
    freeze: Object.freeze,
    getOwnPropertyDescriptor: Object.getOwnPropertyDescriptor,
    getPrototypeOf: Object.getPrototypeOf,
    hasOwn: Object.hasOwn,
    isArray: Array.isArray,
    isError: Error.isError,
    isFiniteNumber: Number.isFinite,
    keys: Object.keys,
    parse: JSON.parse,
    stringify: JSON.stringify,
    promiseThen: uncurry(Promise.prototype.then),
    weakGet: uncurry(WeakMap.prototype.get),
    weakSet: uncurry(WeakMap.prototype.set),
    fileName: functionGetter('fileName'),
    lineNumber: functionGetter('lineNumber'),
    columnNumber: functionGetter('columnNumber'),
  };
};
