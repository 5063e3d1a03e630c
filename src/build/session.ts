// One project, opened: what commands ask of it.

import type { Asset } from '../cache/record.ts';
import type { DepotEntry } from '../model/depot.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FailureFacts, Outcome, TestOutcome } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Offer } from '../model/output.ts';
import type { PackageGraph, PackageState } from '../model/package-graph.ts';
import type { Settings } from '../model/settings.ts';
import type { SigningKey } from '../system/signature.ts';
import { build } from './building.ts';
import type { Delivered } from './depot/delivery.ts';
import { refreshTypes } from './editor.ts';
import { findLog, lintProject, listPackages, listProducts } from './listing.ts';
import type { LockAnswer, LockRequest } from './lock/lock.ts';
import type { OutdatedAnswer } from './lock/outdated.ts';
import { tellElsewhere } from './lock/settle.ts';
import type { UpdateRequest } from './lock/update.ts';
import { offerProducts } from './offers.ts';
import { openProject, type Project } from './project.ts';
import { findRebuildReasons, type RebuildReason } from './rebuild-reason.ts';
import { type Repaired, repairAssets } from './repairing.ts';
import type { Services } from './services.ts';
import { exportFile, planShare, share } from './sharing.ts';
import { makeAsset, makeProduct } from './single.ts';
import type { BomAnswer, BomRequest } from './supply/bill.ts';
import { surveyProject } from './survey.ts';
import { testProject } from './testing.ts';
import { environmentOf, openWorkplace, type Workplace } from './workplace.ts';

export interface BuildRequest {
  queries: string[];
  goal: 'install' | 'sync';
  deploy: boolean;
  checkAssets: boolean;
  /** Makes the asked packages anew, though the cache has them; not what they depend on. */
  rebuild?: boolean;
}

export interface PackageAnswer {
  /** Identity. */
  package: string;
  options: JsonObject;
  key?: string;
  outcome: Outcome;
  assetDir?: string;
  /** Digest of all that the package left: of its fingerprint, or `programmatic` when it leaves nothing. */
  result?: string;
  products: Record<string, string>;
  durationMs: number;
  error?: FailureFacts;
}

export interface BuildAnswer {
  outcome: 'ok' | 'failed' | 'cancelled';
  packages: PackageAnswer[];
  failures: FailureFacts[];
}

export interface OfferRequest extends Pick<BuildRequest, 'queries' | 'rebuild'> {
  /** Names of the products that are wanted, whichever packages offer them; absent: all of the asked packages. */
  products?: readonly string[];
}

/** What was made, ready to be placed. The files of the offers are open until this is disposed. */
export interface Offered extends AsyncDisposable {
  answer: BuildAnswer;
  offers: Offer[];
}

export interface ShareAnswer extends BuildAnswer {
  delivered: Delivered[];
}

/** Names of packages. */
export interface SharePlan {
  missing: string[];
  present: string[];
}

export interface TestedPackage {
  /** Identity. */
  package: string;
  options: JsonObject;
  outcome: TestOutcome;
  durationMs: number;
  /** Absolute path of the log of a failed test. */
  log?: string;
  error?: FailureFacts;
}

export interface TestAnswer {
  outcome: BuildAnswer['outcome'];
  packages: TestedPackage[];
  failures: FailureFacts[];
}

export interface ListedPackage {
  package: string;
  options: JsonObject;
  platforms: string[];
  key?: string;
  state: PackageState;
  assetDir?: string;
  products: Record<string, string>;
}

export interface Session {
  readonly manifest: Manifest;
  build(request: BuildRequest): Promise<BuildAnswer>;
  /** Makes packages, and opens what they offer. */
  offer(request: OfferRequest): Promise<Offered>;
  test(queries: readonly string[]): Promise<TestAnswer>;
  /** Makes packages and puts them into a depot: a URL or an absolute path. */
  share(queries: readonly string[], depot: string): Promise<ShareAnswer>;
  planShare(queries: readonly string[], depot: string): Promise<SharePlan>;
  /** Makes one package and writes its archive to an absolute path. */
  exportFile(query: string, file: string): Promise<DepotEntry>;
  list(): Promise<ListedPackage[]>;
  graph(): Promise<PackageGraph>;
  lint(): Promise<Diagnostic[]>;
  /** A bill of materials of what queries mean, else of all. */
  bom(queries: readonly string[], request: BomRequest): Promise<BomAnswer>;
  /** Statements of who made what queries mean, else all of the manifest, from what. */
  provenance(queries: readonly string[], key: SigningKey | undefined): Promise<string[]>;
  /** Writes down all that can be known without building. */
  lock(request: LockRequest): Promise<LockAnswer>;
  /** Finds out anew what galley.lock says. */
  update(request: UpdateRequest): Promise<LockAnswer>;
  outdated(queries: readonly string[]): Promise<OutdatedAnswer>;
  /** Absolute path of the newest log. */
  findLog(query: string): Promise<string>;
  asset(query: string): Promise<string>;
  product(name: string): Promise<string>;
  products(): Promise<Record<string, string>>;
  /** What has changed of the packages that a query means since they were last built. */
  rebuildReasons(query: string): Promise<RebuildReason[]>;
  /** Makes damaged assets again that are packages of the project. */
  repair(damaged: readonly Asset[]): Promise<Repaired[]>;
  /** Where the commands of a package worked; the caller leaves it. */
  openWorkplace(query: string): Promise<Workplace>;
  /** The environment of the commands of a package. */
  environmentOf(query: string): Promise<Record<string, string>>;
}

/**
 * Opens the project that the settings name, or that the working directory belongs to.
 *
 * @throws Problems with all that is wrong in the manifest; Failure MANIFEST_NOT_FOUND, TOOL_VERSION, LOCK_FILE_INVALID
 */
export async function openSession(services: Services, settings: Settings): Promise<Session> {
  const project = await openProject(services, settings);
  return {
    manifest: project.manifest,
    build: (request) => buildAndTell(services, settings, project, request),
    offer: (request) => offerProducts(project, request),
    test: (queries) => testProject(project, queries),
    share: (queries, depot) => share(project, queries, depot),
    planShare: (queries, depot) => planShare(project, queries, depot),
    exportFile: (query, file) => exportFile(project, query, file),
    list: () => listPackages(project),
    graph: async () => (await surveyProject(project)).graph,
    lint: () => lintProject(project),
    bom: async (queries, request) => (await import('./supply/bill.ts')).writeBill(project, queries, request),
    provenance: async (queries, key) => (await import('./supply/provenance.ts')).stateAll(project, queries, key),
    lock: async (request) => (await import('./lock/lock.ts')).lockProject(services, settings, project, request),
    update: async (request) => (await import('./lock/update.ts')).updateProject(services, settings, project, request),
    outdated: async (queries) => (await import('./lock/outdated.ts')).findOutdated(project, queries),
    findLog: (query) => findLog(project, query),
    asset: (query) => makeAsset(project, query),
    product: (name) => makeProduct(project, name),
    products: () => listProducts(project),
    rebuildReasons: (query) => findRebuildReasons(project, query),
    repair: (damaged) => repairAssets(project, damaged),
    openWorkplace: (query) => openWorkplace(project, query),
    environmentOf: (query) => environmentOf(project, query),
  };
}

/** With --frozen a run that fails for galley.lock tells what it lacks for other platforms, too. */
async function buildAndTell(
  services: Services,
  settings: Settings,
  project: Project,
  request: BuildRequest,
): Promise<BuildAnswer> {
  const answer = await build(project, request);
  // Also when a recipe fails: who mends it has the most use for them. A project that nobody can write has its packages.
  if (request.goal === 'sync') await refreshTypes(project.manifest.rootDir, services);
  const isFrozen = request.goal === 'sync' && answer.failures.some(({ code }) => code === 'FROZEN');
  if (isFrozen) answer.failures.push(...(await tellElsewhere(services, settings, project)));
  return answer;
}
