// What a declarative build comes to: command lines and moves of files, as data. A tool's planner makes them from the
// fields and the facts and touches nothing; `carry-out` does what they say.
import type { DeclarativeBuild } from '../../model/declarative.ts';
import type { Platform } from '../../model/platform.ts';
import type { Toolbox } from './toolbox.ts';

export interface Facts {
  /** `ns.name@rev`. */
  identity: string;
  /** Absolute directories. */
  stageDir: string;
  installDir: string;
  tmpDir: string;
  /** Absent for a user-managed package, whose recipe says itself where it installs. */
  assetDir?: string;
  /** The workspace of Go that the sources have, from where the tool starts up to stage_dir. */
  goWork?: string;
  jobs: number;
  platform: Platform;
  offline: boolean;
  toolbox: Toolbox;
  libraries: Library[];
  /** What the commands see anyway. */
  env: Readonly<Record<string, string>>;
  /** Environment of the person: registries that a company's machines are set up for count in a build too. */
  person: Readonly<Record<string, string | undefined>>;
}

/** The asset of a dependency, and what of a library it has. */
export interface Library {
  dir: string;
  /** Relative directories that are there: `include`, `lib`, `lib/pkgconfig`, `share/pkgconfig`. */
  has: readonly string[];
  /** The finished package needs it to run. */
  isRuntime: boolean;
}

/** No shell reads it. */
export interface CommandStep {
  form: 'command';
  argv: string[];
  cwd: string;
  /** Added to what every command of the package sees. */
  env: Record<string, string>;
}

export type Step =
  | CommandStep
  /** What was installed with this DESTDIR for asset_dir goes to install_dir. */
  | { form: 'unwrap'; destDir: string }
  /** The programs in a directory go to `bin` of install_dir. */
  | { form: 'programs'; fromDir: string }
  /** A link to a file of the person, if there is one. */
  | { form: 'link'; target: string; path: string };

export interface Plan {
  build: Step[];
  install: Step[];
}

/** How one tool is driven. */
export interface Driver<Build extends DeclarativeBuild> {
  /** The field that says where the tool starts. */
  directoryField: 'source_dir' | 'directory';
  /** Where it starts, relative to stage_dir. */
  directory(build: Build): string;
  /** What must be there, each by one of its names. */
  needs(build: Build): Landmark[];
  plan(build: Build, facts: Facts): Plan;
}

export interface Landmark {
  names: string[];
  /** What an author may do who has no such file; otherwise it is looked for nearby. */
  hint?: string;
}

/** The directory that an install with DESTDIR fills. */
export function destDirOf({ tmpDir }: Facts): string {
  return `${tmpDir}/dest`;
}

/** Where build trees are that lie beside the sources. */
export function buildDirOf({ tmpDir }: Facts): string {
  return `${tmpDir}/build`;
}
