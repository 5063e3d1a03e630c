// The build systems that galley drives, in one table.
import type { BuildTool, DeclarativeBuild } from '../../model/declarative.ts';
import { autotools } from './autotools.ts';
import { cargo } from './cargo.ts';
import { cmake } from './cmake.ts';
import { go } from './go.ts';
import { make } from './make.ts';
import { meson } from './meson.ts';
import { npm } from './npm.ts';
import type { Driver } from './plan.ts';

type DriverOf<Tool extends BuildTool> = Driver<Extract<DeclarativeBuild, { tool: Tool }>>;

const DRIVERS: { [Tool in BuildTool]: DriverOf<Tool> } = { autotools, cargo, cmake, go, make, meson, npm };

export function driverOf(build: DeclarativeBuild): Driver<DeclarativeBuild> {
  return DRIVERS[build.tool] as Driver<DeclarativeBuild>;
}
