// The programs a build may use: products of dependencies first, by their absolute path and whatever their file is called,
// then what this machine has on PATH.
import { Failure } from '../../model/failure.ts';

/** Tools that a planner may ask for. */
export const TOOLS = [
  'ar',
  'autoreconf',
  'c++',
  'cargo',
  'cc',
  'cmake',
  'go',
  'make',
  'meson',
  'ninja',
  'node',
  'npm',
  'pkg-config',
  'ranlib',
  'rustc',
] as const;
export type Tool = (typeof TOOLS)[number];

export type Toolbox = ReturnType<typeof createToolbox>;

type Found = Partial<Record<Tool, string>>;

/** @param label the package that is built, for messages */
export function createToolbox({ products, host, label }: { products: Found; host: Found; label: string }) {
  const find = (tool: Tool): string | undefined => products[tool] ?? host[tool];
  return {
    find,
    /** Only one that a dependency offers: a tool that finds its own way needs to be told of no other. */
    product: (tool: Tool): string | undefined => products[tool],
    /** @throws Failure COMMAND_NOT_FOUND */
    need(tool: Tool): string {
      const found = find(tool);
      if (found !== undefined) return found;
      const message = `Cannot build ${label}: no dependency offers "${tool}", and this machine has none`;
      const hint = `Add a dependency that offers it, such as { product: "${tool}", weak: { recipe: … } }, or install ${tool}`;
      throw new Failure('COMMAND_NOT_FOUND', message, { hint, package: label });
    },
  };
}
