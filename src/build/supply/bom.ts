// A bill of materials (CycloneDX 1.7): what a project consists of, for people and programs that know nothing of galley.
// The same packages give the same bytes: nothing in it tells when, where or by whom it was written.
import type { Models } from '@cyclonedx/cyclonedx-library';
import { sha256OfBytes } from '../../system/digest.ts';
import { createComponent } from './component.ts';
import { type Library, loadLibrary } from './library.ts';
import type { Supplies, Supply } from './supplies.ts';
import { formatXml } from './xml.ts';

export const BOM_FORMATS = ['json', 'xml'] as const;
export const BOM_SCOPES = ['all', 'runtime'] as const;

/** Names of packages have an `@`. */
const PROJECT = 'project';

export interface BomStyle {
  format: (typeof BOM_FORMATS)[number];
  /** `runtime`: without what is only needed to make the rest. */
  scope: (typeof BOM_SCOPES)[number];
  /** What all of it is called, unless that is one package. */
  name: string;
  platform: string;
  /** Of galley. */
  version: string;
  /** SOURCE_DATE_EPOCH: the one time that does not change from run to run. */
  date?: Date | undefined;
}

export async function formatBom(supplies: Supplies, style: BomStyle): Promise<string> {
  const library = await loadLibrary();
  const { Serialize, Spec } = library;
  const bom = createBom(supplies, style, library);
  const json = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot7));
  const how = { sortLists: true, space: 2 };
  // Of the document without it, in one form for both.
  bom.serialNumber = `urn:uuid:${uuidOf(json.serialize(bom, how))}`;
  if (style.format === 'json') return json.serialize(bom, how);
  return formatXml(new Serialize.XML.Normalize.Factory(Spec.Spec1dot7).makeForBom().normalize(bom, how)).trimEnd();
}

function createBom({ roots, isOfOne, packages }: Supplies, style: BomStyle, library: Library): Models.Bom {
  const { Enums, Models } = library;
  const told = style.scope === 'all' ? packages : packages.filter(({ isRuntime }) => isRuntime).map(asUsed);
  const components = new Map(told.map((supply) => [supply.node.name, createComponent(supply, library)]));
  for (const { node, needs } of told)
    for (const { to } of needs) depend(components.get(node.name) as Models.Component, components.get(to));
  const one = isOfOne ? components.get(roots[0] as string) : undefined;
  const subject = one ?? new Models.Component(Enums.ComponentType.Application, style.name, { bomRef: PROJECT });
  if (!one) for (const name of roots) depend(subject, components.get(name));
  const bom = new Models.Bom();
  for (const component of components.values()) if (component !== subject) bom.components.add(component);
  const { metadata } = bom;
  metadata.component = subject;
  const galley = new Models.Component(Enums.ComponentType.Application, 'galley', { version: style.version });
  metadata.tools.components.add(galley);
  metadata.properties.add(new Models.Property('galley:platform', style.platform));
  metadata.properties.add(new Models.Property('galley:scope', style.scope));
  if (style.date) metadata.timestamp = style.date;
  return bom;
}

function asUsed(supply: Supply): Supply {
  return { ...supply, needs: supply.needs.filter(({ runtime }) => runtime) };
}

function depend(component: Models.Component, on: Models.Component | undefined): void {
  if (on && on !== component) component.dependencies.add(on.bomRef);
}

/** RFC 9562, version 8: made of a digest, as version 5 is of one that is no longer trusted. */
function uuidOf(content: string): string {
  const hex = sha256OfBytes(content);
  const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
