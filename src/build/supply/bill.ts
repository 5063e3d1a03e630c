// `sbom`: the bill of materials of a project as text, and what it cannot tell yet.
import path from 'node:path';
import { formatPlatform } from '../../model/platform.ts';
import type { Project } from '../project.ts';
import { type BomStyle, formatBom } from './bom.ts';
import { collectSupplies } from './supplies.ts';

export interface BomRequest extends Pick<BomStyle, 'format' | 'scope' | 'date'> {
  /** What the project is called; the name of its directory unless told. */
  name?: string | undefined;
}

export interface BomAnswer {
  text: string;
  /** Names of packages that are not made yet, or cannot be loaded: less is known of them. */
  unmade: string[];
}

export async function writeBill(project: Project, queries: readonly string[], request: BomRequest): Promise<BomAnswer> {
  const { version, platform } = project.world;
  const supplies = await collectSupplies(project, queries);
  const name = request.name ?? path.basename(project.manifest.rootDir);
  const text = await formatBom(supplies, { ...request, name, version, platform: formatPlatform(platform) });
  const unmade = supplies.packages.filter(({ node }) => node.state === 'missing' || node.state === 'failed');
  return { text, unmade: unmade.map(({ node }) => node.name) };
}
