// One package as a component of a bill of materials: what others know it by, where its bytes are from, and under names
// that begin with `galley:` what only galley knows of it.
import type { Models } from '@cyclonedx/cyclonedx-library';
import { isGitUrl } from '../../model/git.ts';
import { type Identity, parseIdentity } from '../../model/identity.ts';
import { canonicalJson } from '../../model/json.ts';
import type { Library } from './library.ts';
import { readLicense } from './license.ts';
import { identify } from './purl.ts';
import type { SuppliedFile, Supply } from './supplies.ts';

export function createComponent(supply: Supply, { Enums, Models, SPDX }: Library): Models.Component {
  const { node, recipe, files, isRuntime } = supply;
  const { namespace, name } = parseIdentity(node.package) as Identity;
  // The recipe's own revision is another thing.
  const { version: said } = node.options;
  const named = { name, version: typeof said === 'string' || typeof said === 'number' ? `${said}` : undefined, files };
  const { description, homepage, license } = recipe?.metadata ?? {};
  // Nothing tells whether it is used as a program or as a library, and then the specification recommends this.
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: node.name,
    group: namespace,
    scope: isRuntime ? Enums.ComponentScope.Required : Enums.ComponentScope.Excluded,
    ...identify(named),
    ...(description !== undefined && { description }),
  });
  if (license !== undefined) component.licenses.add(licenseOf(license, { Models, SPDX }));
  const { externalReferences, properties } = component;
  if (homepage !== undefined)
    externalReferences.add(new Models.ExternalReference(homepage, Enums.ExternalReferenceType.Website));
  for (const file of files) {
    const reference = referenceOf(file, { Enums, Models });
    if (reference) externalReferences.add(reference);
  }
  for (const [key, value] of factsOf(supply)) properties.add(new Models.Property(`galley:${key}`, value));
  return component;
}

function licenseOf(text: string, { Models, SPDX }: Pick<Library, 'Models' | 'SPDX'>): Models.License {
  const license = readLicense(text, SPDX.fixupSpdxId);
  switch (license.form) {
    case 'id':
      return new Models.SpdxLicense(license.id);
    case 'expression':
      return new Models.LicenseExpression(license.expression);
    case 'words':
      return new Models.NamedLicense(license.words);
  }
}

function referenceOf(
  { url, digest }: SuppliedFile,
  { Enums, Models }: Pick<Library, 'Enums' | 'Models'>,
): Models.ExternalReference | undefined {
  if (url === undefined) return undefined;
  // The commit is in the address; of what git sends there is no digest that others could compare.
  if (isGitUrl(url)) return new Models.ExternalReference(url, Enums.ExternalReferenceType.VCS);
  const reference = new Models.ExternalReference(url, Enums.ExternalReferenceType.Distribution);
  if (digest === undefined) reference.comment = 'Not fetched yet: its hash is not known';
  else reference.hashes.set(Enums.HashAlgorithm['SHA-256'], digest);
  return reference;
}

function factsOf({ node, recipe, files, needs }: Supply): [string, string][] {
  const { revision } = parseIdentity(node.package) as Identity;
  const local = files.filter(({ url }) => url === undefined);
  const builds = needs.filter(({ runtime }) => !runtime).map(({ to }) => to);
  return [
    ['identity', node.package],
    ['revision', revision],
    ['state', node.state],
    ['options', canonicalJson(node.options)],
    ...present('key', node.key),
    ...present('recipe', recipe?.uri),
    ...present('recipe_sha256', recipe?.digest),
    ...local.map(({ source, digest }): [string, string] => [
      'local_source',
      [source, digest].filter(Boolean).join(' '),
    ]),
    ...[...new Set(builds)].map((name): [string, string] => ['build_dependency', name]),
  ];
}

function present(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}
