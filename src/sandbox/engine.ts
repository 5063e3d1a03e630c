// The library and its WebAssembly. The only file that names the packages, so that they are loaded when a recipe is.
import { createRequire } from 'node:module';
import type { QuickJSSyncVariant } from 'quickjs-emscripten';
import { Instance } from './instance.ts';
import type { Setup } from './protocol.ts';
import type { Pulse } from './pulse.ts';

const PAGES_PER_MB = 16;

/** A QuickJS with a memory of its own, of the shared compiled code. */
export async function createInstance(setup: Setup, pulse: Pulse): Promise<Instance> {
  const [core, variant] = await Promise.all([
    import('quickjs-emscripten'),
    import('@jitl/quickjs-wasmfile-release-sync'),
  ]);
  // A fixed size is the only real ceiling: typed arrays pass by the engine's own memory limit.
  const pages = setup.limits.memoryMb * PAGES_PER_MB;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const options = { wasmModule: setup.wasm, wasmMemory: memory };
  // Its declarations are those of the CommonJS form, where the default has a default.
  const release = variant.default as unknown as QuickJSSyncVariant;
  const module = await core.newQuickJSWASMModuleFromVariant(core.newVariant(release, options));
  return new Instance(module.newContext({ intrinsics: INTRINSICS }), memory, setup, pulse);
}

/** No clock: `Date` is not even built. */
const INTRINSICS = {
  BaseObjects: true,
  Eval: true,
  StringNormalize: true,
  RegExp: true,
  RegExpCompiler: true,
  JSON: true,
  Proxy: true,
  MapSet: true,
  TypedArrays: true,
  Promise: true,
  BigInt: true,
};

/** Where the package keeps its code, for whoever compiles it. */
export function wasmFile(): string {
  return createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
}
