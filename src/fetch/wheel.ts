// The names of Python's distribution files: what they say of version, interpreter and platform, and which file of a
// version suits a machine. Knows no index.
import type { Machine } from '../system/host.ts';

export interface Wheel {
  version: string;
  /** Of several builds of one version, the highest is the latest (PEP 427). */
  build: number;
  python: string[];
  abi: string[];
  platforms: string[];
}

/** The parts of a wheel's name; tags may be sets, `py2.py3` (PEP 425). */
export function parseWheel(name: string): Wheel | undefined {
  const parts = /\.whl$/i.test(name) ? name.slice(0, -'.whl'.length).split('-') : [];
  const [python, abi, platforms] = parts.slice(-3).map((tags) => tags.toLowerCase().split('.'));
  const version = parts[1];
  if (version === undefined || parts.length < 5 || parts.length > 6) return undefined;
  const build = parts.length === 6 ? Number.parseInt(`${parts[2]}`, 10) : 0;
  return { version, build, ...({ python, abi, platforms } as Pick<Wheel, 'python' | 'abi' | 'platforms'>) };
}

/** What a source distribution of the project has in its name; older ones have dashes in the project's part too. */
export function sourceVersion(name: string, project: string): string | undefined {
  const [, stem] = /^(.*)(?:\.tar\.gz|\.tgz|\.tar\.bz2|\.tar\.xz|\.zip)$/i.exec(name) ?? [];
  if (stem === undefined) return undefined;
  const dashes = [...stem.matchAll(/-/g)].map(({ index }) => index);
  const end = dashes.find(
    (dash) => normalizeProject(stem.slice(0, dash)) === project && /\d/.test(`${stem[dash + 1]}`),
  );
  return end === undefined ? undefined : stem.slice(end + 1);
}

/** `Foo.Bar_baz` is the project `foo-bar-baz` (PEP 503). */
export function normalizeProject(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** One spelling for versions that are equal: `1.0`, `v1.0.0` and `01.0`, `1.0-RC1` and `1.0rc1` (PEP 440). */
export function normalizeVersion(version: string): string {
  const [, release = '', rest = ''] = /^v?(?:0!)?((?:\d+!)?\d+(?:\.\d+)*)(.*)$/i.exec(version) ?? [];
  if (release === '') return version.toLowerCase();
  const numbers = release.replaceAll(/\d+/g, (digits) => `${BigInt(digits)}`).replace(/(?:\.0)+$/, '');
  const words = rest.toLowerCase().replaceAll(/[-_.]/g, '.');
  const [public_ = '', local] = words.split('+', 2);
  const ending = public_
    .replace(/^\.(\d+)/, '.post$1')
    .replace(/\.?(?:alpha|a(?!l))\.?(\d*)/, (_, n: string) => `a${n || 0}`)
    .replace(/\.?(?:beta|b(?!e))\.?(\d*)/, (_, n: string) => `b${n || 0}`)
    .replace(/\.?(?:preview|pre|rc|c)\.?(\d*)/, (_, n: string) => `rc${n || 0}`)
    .replace(/\.?(?:post|rev|r(?!c))\.?(\d*)/, (_, n: string) => `.post${n || 0}`)
    .replace(/\.?dev\.?(\d*)/, (_, n: string) => `.dev${n || 0}`);
  return numbers + ending + (local === undefined ? '' : `+${local}`);
}

/**
 * The files of one version that suit this machine best: one, several between which only an interpreter could decide, or
 * none. Tools hardly care for the interpreter, so a wheel for the platform comes first, then one for all, then the source.
 */
export function chooseFiles<File extends { name: string }>(files: readonly File[], machine: Machine): File[] {
  const offers = files.flatMap((file) => {
    const wheel = parseWheel(file.name);
    const demand = wheel && demandOf(wheel, machine);
    return wheel && demand !== undefined ? [{ file, wheel, demand }] : [];
  });
  // Of equal ones the least demanding: what is pinned here is what older machines of this platform get, too.
  offers.sort((a, b) => a.demand - b.demand || b.wheel.build - a.wheel.build || (a.file.name < b.file.name ? -1 : 1));
  const free = offers.find(({ wheel }) => wheel.abi.includes('none') && wheel.python.some((tag) => /^py3/.test(tag)));
  if (free) return [free.file];
  const bound = offers.filter(({ wheel }) => wheel.python.some((tag) => /^cp3/.test(tag)));
  const interpreters = new Map(bound.toReversed().map((offer) => [interpreterOf(offer.wheel), offer.file]));
  if (interpreters.size > 0) return [...interpreters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const sources = files.filter(({ name }) => !/\.whl$/i.test(name));
  return sources.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, 1);
}

function interpreterOf({ python, abi }: Wheel): string {
  return `${python.join('.')}-${abi.join('.')}`;
}

/** Any platform will do, as no other wheel is for this one. */
const UNDEMANDING = 1e9;

/** How much a wheel asks of the machine, undefined when it asks too much. */
function demandOf({ platforms }: Wheel, machine: Machine): number | undefined {
  const demands = platforms.map((tag) => (tag === 'any' ? UNDEMANDING : demandOfTag(tag, machine)));
  const possible = demands.filter((demand) => demand !== undefined);
  return possible.length === 0 ? undefined : Math.min(...possible);
}

/** Before PEP 600 the versions of glibc had names. */
const LEGACY: Record<string, string> = {
  manylinux1: 'manylinux_2_5',
  manylinux2010: 'manylinux_2_12',
  manylinux2014: 'manylinux_2_17',
};
const LINUX_ARCH = { x86_64: 'x86_64', arm64: 'aarch64' } as const;
/** What a Mac runs, its own kind first: a file for both kinds is twice as large. */
const MAC_ARCHS = { x86_64: ['x86_64', 'universal2', 'intel'], arm64: ['arm64', 'universal2'] } as const;
const WINDOWS_TAG = { x86_64: 'win_amd64', arm64: 'win_arm64' } as const;

function demandOfTag(tag: string, { os, arch, osVersion, glibcVersion }: Machine): number | undefined {
  if (os === 'windows') return tag === WINDOWS_TAG[arch] ? 0 : undefined;
  const modern = tag.replace(/^manylinux(?:1|2010|2014)(?=_)/, (name) => `${LEGACY[name]}`);
  const [, kind, major, minor, tagArch = ''] =
    /^(manylinux|musllinux|macosx|linux)(?:_(\d+)_(\d+))?_([a-z].*)$/.exec(modern) ?? [];
  const version = Number(major ?? 0) * 1000 + Number(minor ?? 0);
  if (os === 'darwin') {
    const rank = (MAC_ARCHS[arch] as readonly string[]).indexOf(tagArch);
    return kind === 'macosx' && rank >= 0 && version <= asNumber(osVersion) ? rank * 1e6 + version : undefined;
  }
  if (tagArch !== LINUX_ARCH[arch]) return undefined;
  if (kind === 'linux') return 1e6;
  // Without glibc it is musl, all of whose versions run what was built for others.
  if (glibcVersion === undefined) return kind === 'musllinux' ? version : undefined;
  return kind === 'manylinux' && version <= asNumber(glibcVersion) ? version : undefined;
}

function asNumber(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}
