// `pypi:<project>@<version>[#file]`: asks the index that pip would ask, takes the file that suits this machine, and the
// checksum that the index publishes for it.
import { Failure, isFailure } from '../model/failure.ts';
import { covers, findGlobProblem, type Glob, parseGlobs } from '../model/glob.ts';
import { formatPlatform } from '../model/platform.ts';
import { findNearest } from '../model/suggest.ts';
import type { Machine } from '../system/host.ts';
import { isSameOrigin } from './origin.ts';
import { isPublicIndex, type PipIndex, readPipIndexes } from './pip-config.ts';
import { ACCEPT, type IndexFile, parseIndex } from './simple-index.ts';
import type { Located } from './source.ts';
import type { Transport, TransportTools } from './transport.ts';
import { fileNameOfUrl } from './web.ts';
import { chooseFiles, normalizeProject, normalizeVersion, parseWheel, sourceVersion } from './wheel.ts';

interface PypiName {
  /** As it is written, for messages. */
  source: string;
  project: string;
  version: string;
  /** Name of a file, or a pattern of such names. */
  file: string | undefined;
  /** What `file` is when it is a pattern, else none. */
  globs: readonly Glob[];
}

/** A file, and the index that named it. */
interface Found {
  file: IndexFile;
  index: PipIndex;
}

/** Where the public index keeps the files; a pin that lies there is asked of the mirror on a machine that has one. */
const PUBLIC_FILES = 'https://files.pythonhosted.org/';

export function createPypi({ registry, files, env, machine }: TransportTools): Transport {
  let reading: Promise<PipIndex[]> | undefined;
  const readIndexes = () => (reading ??= readPipIndexes({ files, env, os: machine().os }));

  async function readFiles(index: PipIndex, wanted: PypiName, signal: AbortSignal): Promise<IndexFile[] | undefined> {
    const headers = { accept: ACCEPT, ...index.headers };
    try {
      const ask = { headers, connection: index.connection, signal };
      const { text, url } = await registry.read(`${index.url}${wanted.project}/`, ask);
      return parseIndex(text, url);
    } catch (error) {
      if (isFailure(error, 'SOURCE_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** One index after the other: taking the best of all would let a stranger's index replace a company's package. */
  async function find(wanted: PypiName, signal: AbortSignal): Promise<Found> {
    const known: IndexFile[] = [];
    for (const index of await readIndexes()) {
      const found = await readFiles(index, wanted, signal);
      const ofVersion = filesOfVersion(found ?? [], wanted);
      if (ofVersion.length > 0) return { file: chooseFile(ofVersion, wanted, machine()), index };
      known.push(...(found ?? []));
    }
    throw noVersion(wanted, known);
  }

  return {
    // Which wheel it is only the index knows, and names in fetch_dir are known before anybody is asked.
    fileName(url) {
      const { project, version, file } = parsePypiName(url);
      if (file !== undefined && !isGlob(file)) return file;
      return `${project}-${version}${/\.(?:tar\.\w+|tgz|zip)$/.exec(file ?? '')?.[0] ?? '.whl'}`;
    },

    async locate({ url }, signal) {
      return locatedOf(await find(parsePypiName(url), signal));
    },

    async versions(url, signal) {
      const wanted = parsePypiName(url);
      for (const index of await readIndexes()) {
        const files = await readFiles(index, wanted, signal);
        if (files) return { current: wanted.version, known: versionsOf(files, wanted.project) };
      }
      return { current: wanted.version, known: [] };
    },

    async locatePinned({ url }, pinned, signal) {
      const wanted = parsePypiName(url);
      const place = placeOf(pinned, wanted, await readIndexes());
      if (place) return place;
      // The very file that is pinned: this machine might choose another one.
      const name = fileNameOfUrl(pinned);
      return locatedOf(await find(isFileOf(name, wanted) ? { ...wanted, file: name, globs: [] } : wanted, signal));
    },
  };
}

function locatedOf({ file: { url, sha256, integrity, yanked }, index }: Found): Located {
  const headers = isSameOrigin(url, index.url) ? index.headers : {};
  const published = { ...(sha256 !== undefined && { sha256 }), ...(integrity !== undefined && { integrity }) };
  const isUnverified = sha256 === undefined && integrity === undefined;
  const warning = yankedWarning(yanked);
  return { url, headers, connection: index.connection, ...published, warning, isUnverified };
}

/** Whoever names an exact version gets it all the same, as pip does. */
function yankedWarning(reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : `its publisher has withdrawn it${reason === '' ? '' : `: ${reason}`}`;
}

function parsePypiName(url: string): PypiName {
  const [, project, version, file] =
    /^pypi:([a-z0-9][a-z0-9._-]*)@(v?\d[^@/\s#]*)(?:#(?!\.\.?$)([^/\\\s]+))?$/i.exec(url) ?? [];
  if (project !== undefined && version !== undefined)
    return { source: url, project: normalizeProject(project), version, file, globs: readGlobs(url, file) };
  throw new Failure('INVALID_VALUE', `Cannot fetch "${url}": expected pypi:<project>@<version>`, {
    hint: 'Name one exact version, such as pypi:ninja@1.11.1 or pypi:ninja@1.11.1#*manylinux*x86_64.whl',
  });
}

function readGlobs(source: string, file: string | undefined): Glob[] {
  if (file === undefined || !isGlob(file)) return [];
  const problem = findGlobProblem(file);
  if (problem === undefined) return parseGlobs([file]);
  const { expected, hint } = problem;
  throw new Failure('INVALID_VALUE', `Cannot fetch "${source}": expected ${expected} after "#"`, { hint });
}

/** What galley.lock names, if it is a file of this project and of an index that is asked here. */
function placeOf(url: string, wanted: PypiName, indexes: readonly PipIndex[]): Located | undefined {
  if (!isFileOf(fileNameOfUrl(url), wanted)) return undefined;
  const owner = indexes.find((index) => isSameOrigin(url, index.url));
  if (owner) return { url, headers: owner.headers, connection: owner.connection };
  const [first] = indexes;
  return first && isPublicIndex(first) && isSameOrigin(url, PUBLIC_FILES)
    ? { url, connection: first.connection }
    : undefined;
}

/** A lock file could name a file of somebody else's project on the same server. */
function isFileOf(name: string, wanted: PypiName): boolean {
  const isOther = parseWheel(name) && normalizeProject(`${name.split('-')[0]}`) !== wanted.project;
  if (isOther || (wanted.file !== undefined && !matches(name, wanted))) return false;
  return filesOfVersion([{ name, url: '' }], wanted).length > 0;
}

function filesOfVersion(files: readonly IndexFile[], { project, version }: PypiName): IndexFile[] {
  const wanted = normalizeVersion(version);
  return files.filter(({ name }) => {
    const own = versionOf(name, project);
    return own !== undefined && normalizeVersion(own) === wanted;
  });
}

function versionsOf(files: readonly IndexFile[], project: string): string[] {
  return [...new Set(files.flatMap(({ name }) => versionOf(name, project) ?? []))];
}

function versionOf(name: string, project: string): string | undefined {
  return parseWheel(name)?.version ?? sourceVersion(name, project);
}

function chooseFile(ofVersion: IndexFile[], wanted: PypiName, machine: Machine): IndexFile {
  const { source, file: pattern } = wanted;
  const named = pattern === undefined ? ofVersion : ofVersion.filter(({ name }) => matches(name, wanted));
  const suiting = chooseFiles(named, machine);
  // What is named is meant, be it for another platform.
  const isMeant = pattern !== undefined && (named.length === 1 || suiting.length === 0);
  const possible = isMeant ? named : suiting;
  const [only, ...rivals] = possible;
  if (only === undefined) {
    const what = pattern === undefined ? `for ${formatPlatform(machine)}` : `"${pattern}"`;
    throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${source}": the index has no file ${what}`, {
      hint: `It has ${listed(ofVersion)}`,
    });
  }
  if (rivals.length === 0) return only;
  throw new Failure('SOURCE_AMBIGUOUS', `Cannot fetch "${source}": ${possible.length} files could be meant`, {
    hint: `Name one of them after #: ${listed(possible)}`,
  });
}

function noVersion({ source, project, version }: PypiName, files: readonly IndexFile[]): Failure {
  const versions = versionsOf(files, project);
  if (versions.length === 0) {
    return new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${source}": the index has no such project`, {
      hint: 'Look at its name, and at "index-url" in pip config list',
    });
  }
  const nearest = findNearest(version, versions);
  const last = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).slice(0, 5);
  return new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${source}": the index has no such version`, {
    hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The last are ${last.join(', ')}`,
  });
}

function isGlob(file: string): boolean {
  return /[*?[\]{}]/.test(file);
}

function matches(name: string, { file, globs }: PypiName): boolean {
  return name === file || covers(globs, [name]);
}

/** A message is no place for three hundred names. */
function listed(files: readonly IndexFile[]): string {
  const shown = files.slice(0, 12).map(({ name }) => name);
  const rest = files.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
