// Compares an entry of the cache with its fingerprint, by code that shares nothing with galley's own.
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

type Line = { path: string; kind: string; mode?: string; sha256?: string; target?: string };

/** What differs between an asset and `galley-fingerprint`; all of it when the entry is not complete. */
export async function findForgery(entryDir: string): Promise<string[]> {
  const text = await readFile(path.join(entryDir, 'galley-fingerprint'), 'utf8').catch(() => '');
  const marker = await readFile(path.join(entryDir, 'galley-complete'), 'utf8').catch(() => '{}');
  const isVouchedFor = (JSON.parse(marker) as { fingerprint?: string }).fingerprint === sha256(text);
  const recorded = new Map(text.split('\n').map((line) => [line === '' ? '' : (JSON.parse(line) as Line).path, line]));
  recorded.delete('');
  const found = await describeTree(path.join(entryDir, 'asset'));
  const names = new Set([...recorded.keys(), ...found.keys()]);
  const differing = [...names].filter((name) => {
    const [was, is] = [recorded.get(name), found.get(name)];
    return was === undefined || is === undefined || !isSame(JSON.parse(was) as Line, is);
  });
  return [...(isVouchedFor ? [] : ['galley-complete']), ...differing];
}

async function describeTree(assetDir: string): Promise<Map<string, Line>> {
  const names = ['.', ...(await readdir(assetDir, { recursive: true }).catch(() => []))];
  const lines = await Promise.all(names.map(async (name) => describe(assetDir, name)));
  return new Map(lines.map((line) => [line.path, line]));
}

async function describe(assetDir: string, name: string): Promise<Line> {
  const file = path.join(assetDir, name);
  const stat = await lstat(file);
  if (stat.isSymbolicLink()) return { path: name, kind: 'link', target: await readlink(file) };
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
  if (stat.isDirectory()) return { path: name, kind: 'dir', mode };
  return { path: name, kind: 'file', mode, sha256: sha256(await readFile(file)) };
}

function isSame(a: Line, b: Line): boolean {
  return (['kind', 'mode', 'sha256', 'target'] as const).every((field) => a[field] === b[field]);
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
