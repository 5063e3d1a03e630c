// The part of WebAssembly that the sandbox uses. TypeScript has it only in the library of browsers, which would make
// `window` and the like look real everywhere.
declare namespace WebAssembly {
  class Module {
    private readonly brand;
  }
  class Memory {
    constructor(size: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array): Promise<Module>;
}
