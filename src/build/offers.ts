// What finished packages offer to be placed elsewhere: each product with every source its bytes may come from. Files are
// opened at once, so that an asset that vanishes before it is placed is still there for us. Places nothing.
import path from 'node:path';
import type { Asset } from '../cache/record.ts';
import { Failure } from '../model/failure.ts';
import { withIncluded } from '../model/manifest.ts';
import type { Offer, OutputSource } from '../model/output.ts';
import { formatPlatform, supportsPlatform } from '../model/platform.ts';
import { findNearest } from '../model/suggest.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { unlessMissing } from '../system/errno.ts';
import { followLinks } from '../system/links.ts';
import { isBelow } from '../system/source.ts';
import { answerOf, choose, rebuild } from './building.ts';
import { productValue } from './dependencies.ts';
import { climb, loadAll } from './engine.ts';
import { follow, type Package } from './package.ts';
import { ASSETS_ONLY, openRun, type Project } from './project.ts';
import { quote } from './quote.ts';
import type { Offered, OfferRequest } from './session.ts';
import type { Run } from './world.ts';

/** @throws Failure QUERY_UNKNOWN, QUERY_AMBIGUOUS */
export async function offerProducts(project: Project, request: OfferRequest): Promise<Offered> {
  const run = await openRun(project, ASSETS_ONLY);
  const packages = await chooseOffering(request, run);
  if (request.rebuild) await rebuild(packages, run);
  await climb(packages, run);
  await run.trees.save();
  await using opened = new AsyncDisposableStack();
  const offers: Offer[] = [];
  for (const [name, pkg] of run.graph.products()) {
    const isAsked = packages.includes(pkg) && (request.products?.includes(name) ?? true);
    if (isAsked && pkg.error === undefined && pkg.outcome !== 'cancelled')
      offers.push(await offerOf(name, pkg, run, opened));
  }
  const kept = opened.move();
  return { answer: answerOf(packages, run), offers, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** The asked packages; where all are asked, also those behind the wanted products, which may be dependencies only. */
async function chooseOffering({ queries, products = [] }: OfferRequest, run: Run): Promise<Package[]> {
  const packages = await choose(queries, run);
  if (queries.length > 0 || products.length === 0) return packages;
  await loadAll(run);
  const offered = run.graph.products();
  const unknown = products.filter((name) => !offered.has(name) && !tellSkipped(name, run))[0];
  // It may be one of those that could not be loaded, which is told then.
  if (unknown !== undefined && run.graph.all().every(({ error }) => error === undefined))
    throw notOffered(unknown, offered.keys(), run);
  return [...new Set([...packages, ...products.flatMap((name) => offered.get(name) ?? [])])];
}

/** Whether a product is of a package that is for other platforms: nothing is wrong then, and nothing placed. */
function tellSkipped(product: string, { graph, world }: Run): boolean {
  const pkg = graph.all().find(({ skipped, loaded }) => skipped && Object.hasOwn(loaded?.products ?? {}, product));
  if (pkg === undefined) return false;
  const text = `Product "${product}" is not placed: ${pkg.label} is not for ${formatPlatform(world.platform)}`;
  world.emit({ type: 'log.message', level: 'info', text });
  return true;
}

function notOffered(product: string, known: Iterable<string>, { manifest, world }: Run): Failure {
  const nearest = findNearest(product, known);
  const entries = withIncluded(manifest).flatMap(({ packages }) => packages);
  // Their recipes are not read, so it may be one of theirs.
  const skipped = entries.filter(({ platforms }) => !supportsPlatform(platforms, world.platform));
  if (nearest === undefined && skipped.length > 0) {
    const names = skipped.map(({ recipe }) => recipe).join(', ');
    const message = `No package of this project offers product "${product}" on ${formatPlatform(world.platform)}, which an output names`;
    const hint = `If it is of ${names}, which the manifest has for other platforms, give the output a "platform" too`;
    return new Failure('QUERY_UNKNOWN', message, { hint });
  }
  return new Failure('QUERY_UNKNOWN', `No package of this project offers product "${product}", which an output names`, {
    hint: nearest ? `Did you mean "${nearest}"?` : 'Run galley product to see what there is',
    facts: { product },
  });
}

async function offerOf(product: string, pkg: Package, run: Run, opened: AsyncDisposableStack): Promise<Offer> {
  const named = { product, package: pkg.label };
  const value = productValue(pkg, product);
  const { asset } = follow(pkg);
  if (asset) {
    const file = await leadTo(value, run);
    const owner = ownerOf(file, asset, run);
    if (owner === undefined) warnOfElsewhere(product, pkg, file, run);
    return { ...named, ...(await offerFile(file, run, opened, owner)) };
  }
  // As in a shell, text with a slash is a path.
  if (value.includes('/')) {
    const file = await leadTo(path.resolve(run.manifest.rootDir, value), run);
    return { ...named, ...(await offerFile(file, run, opened)) };
  }
  return { ...named, ...offerWord(value) };
}

type Offering = Pick<Offer, 'mode' | 'sources' | 'unfit'>;

/** A program that is found on PATH when it is called: whoever has the output has its own. */
function offerWord(word: string): Offering {
  if (!/^[\w+][\w.+-]*$/.test(word)) return { mode: 0, sources: [], unfit: `the text ${JSON.stringify(word)}` };
  const content = Buffer.from(`#!/bin/sh\nexec ${quote(word)} "$@"\n`);
  return {
    mode: 0o755,
    sources: [{ kind: 'memory', name: `launcher of ${word}`, content, sha256: sha256OfBytes(content) }],
  };
}

/** Where a path leads in the end, also when nothing is there. */
async function leadTo(file: string, { world }: Run): Promise<string> {
  return (await unlessMissing(world.files.realPath(file))) ?? followLinks([file]).ends[0] ?? file;
}

/** The asset that has published the file: this one, or one that a link of this one leads to. */
function ownerOf(file: string, asset: Asset, { graph }: Run): Asset | undefined {
  const assets = [asset, ...graph.all().flatMap((pkg) => follow(pkg).asset ?? [])];
  return assets.find(({ assetDir }) => isBelow(assetDir, file));
}

/** What a link of an asset leads to elsewhere is not what was published, and differs from machine to machine. */
function warnOfElsewhere(product: string, pkg: Package, file: string, { world }: Run): void {
  const text = `Product "${product}" of ${pkg.label} is a link to ${file}, outside its asset: nobody knows what its bytes should be`;
  world.emit({ type: 'log.message', level: 'warn', text });
}

async function offerFile(file: string, run: Run, opened: AsyncDisposableStack, asset?: Asset): Promise<Offering> {
  const { files } = run.world;
  const source = await sourceOf(file, run, asset);
  const found = await unlessMissing(files.statTarget(file));
  if (found === undefined) return { mode: 0o755, sources: [source] };
  const { kind, mode } = found;
  if (kind !== 'file')
    return { mode, sources: [source], unfit: kind === 'dir' ? 'a directory' : 'a device, a pipe or a socket' };
  // Of bytes that nobody can compare with what was published, an open file is no better than the file.
  if (source.kind === 'cache' && source.sha256 === undefined) return { mode, sources: [source] };
  const handle = await files.openRead(file).catch(() => undefined);
  if (handle === undefined) return { mode, sources: [source] };
  opened.defer(() => handle.close());
  const sha256 = source.kind === 'cache' ? source.sha256 : undefined;
  return {
    mode,
    sources: [
      source,
      { kind: 'memory', name: `${file} (opened before)`, content: handle.fd, ...(sha256 && { sha256 }) },
    ],
  };
}

async function sourceOf(file: string, { world }: Run, asset?: Asset): Promise<OutputSource> {
  if (asset === undefined) return { kind: 'project', file };
  const sha256 = await world.cache.findDigest(asset, path.relative(asset.assetDir, file));
  // A product that the recipe has never installed is missing, not damaged.
  if (sha256 === undefined && !(await world.files.exists(file))) return { kind: 'project', file };
  return { kind: 'cache', file, sha256 };
}
