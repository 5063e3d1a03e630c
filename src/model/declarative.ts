// Builds that say what is wanted and leave the command lines to galley: one form for each build system, its fields in the
// tool's own words. Directories are relative to stage_dir.

/** A value that goes into a command line. */
export type Scalar = string | number | boolean;

/** What each tool's commands have in common. */
interface Common {
  /** Variables for the commands of this build. */
  env?: Record<string, string>;
}

export interface CmakeBuild extends Common {
  tool: 'cmake';
  sourceDir?: string;
  /** `-G`. */
  generator?: string;
  /** `CMAKE_BUILD_TYPE`; `Release` when it is left out. */
  buildType?: string;
  /** `-D`: booleans are ON and OFF, lists are joined by `;`. */
  defines?: Record<string, Scalar | Scalar[]>;
  targets?: string[];
  /** Only these components are installed. */
  components?: string[];
  configureArgs?: string[];
  buildArgs?: string[];
  installArgs?: string[];
}

export interface MesonBuild extends Common {
  tool: 'meson';
  sourceDir?: string;
  /** `--buildtype`; `release` when it is left out. */
  buildtype?: string;
  /** `-D`. */
  options?: Record<string, Scalar | Scalar[]>;
  setupArgs?: string[];
  compileArgs?: string[];
  installArgs?: string[];
}

export interface AutotoolsBuild extends Common {
  tool: 'autotools';
  sourceDir?: string;
  /** Makes `configure` first. */
  autoreconf?: boolean;
  configureArgs?: string[];
  targets?: string[];
  /** `install` when it is left out. */
  installTargets?: string[];
  /** For every call of make. */
  makeArgs?: string[];
}

export interface MakeBuild extends Common {
  tool: 'make';
  directory?: string;
  /** `-f`. */
  makefile?: string;
  targets?: string[];
  /** `NAME=value` on the command line, where they win over what the makefile says. */
  variables?: Record<string, Scalar>;
  /** `install` when it is left out. */
  installTargets?: string[];
  /** Added to `variables` for the install. */
  installVariables?: Record<string, Scalar>;
  args?: string[];
}

export interface CargoBuild extends Common {
  tool: 'cargo';
  directory?: string;
  packages?: string[];
  bins?: string[];
  features?: string[];
  noDefaultFeatures?: boolean;
  allFeatures?: boolean;
  /** `release` when it is left out. */
  profile?: string;
  /** The triple that is built for. */
  target?: string;
  /** Cargo.lock counts, and must be there. True when it is left out. */
  locked?: boolean;
  args?: string[];
}

export interface GoBuild extends Common {
  tool: 'go';
  directory?: string;
  /** `.` when it is left out. */
  packages?: string[];
  tags?: string[];
  ldflags?: string[];
  /** Whether C code is compiled. False when it is left out. */
  cgo?: boolean;
  args?: string[];
}

export interface NpmBuild extends Common {
  tool: 'npm';
  directory?: string;
  /** Run in this order; without it `build`, if there is one. */
  scripts?: string[];
  /** package-lock.json counts, and must be there. True when it is left out. */
  locked?: boolean;
  installArgs?: string[];
}

export type DeclarativeBuild = CmakeBuild | MesonBuild | AutotoolsBuild | MakeBuild | CargoBuild | GoBuild | NpmBuild;

/** The build systems that galley drives. */
export type BuildTool = DeclarativeBuild['tool'];

/**
 * Raised when a command line of any tool changes: it is part of the keys of what they build. One number for all, as a
 * build function may answer any of them when its key is long settled.
 */
export const DRIVING_VERSION = 1;
