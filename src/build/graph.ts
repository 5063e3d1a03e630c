// The packages of a run and who offers what: finds packages by query and by product, and tells when two requests are
// one package. It refuses to know phases.
import { Failure } from '../model/failure.ts';
import { type Identity, matchesQuery, parseIdentity } from '../model/identity.ts';
import { canonicalJson } from '../model/json.ts';
import { Problems } from '../model/problems.ts';
import { unknownQuery } from '../model/unknown-query.ts';
import { type Loaded, loadedOf, type Package, selectSetup } from './package.ts';

export class Graph {
  readonly #byId = new Map<string, Package>();
  readonly #byContent = new Map<string, Package>();
  readonly #products = new Map<string, Package>();
  /** By identity. */
  readonly #variants = new Map<string, number>();

  /** The package with the same id that is there already, or this one, now part of the graph. */
  admit(pkg: Package): Package {
    const known = this.#byId.get(pkg.id);
    if (known) return known;
    this.#byId.set(pkg.id, pkg);
    this.#variants.set(pkg.request.recipe, this.variants(pkg.request.recipe) + 1);
    return pkg;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** How many packages are of one recipe. */
  variants(recipe: string): number {
    return this.#variants.get(recipe) ?? 0;
  }

  get(id: string): Package {
    const pkg = this.#byId.get(id);
    if (!pkg) throw new Error(`no package ${id}`);
    return pkg;
  }

  all(): Package[] {
    return [...this.#byId.values()];
  }

  /**
   * Makes a loaded package known by its content. Two requests with the same recipe and the same filled-in options are
   * one package: the later becomes an alias of the earlier.
   *
   * @throws Problems with SOURCE_CONFLICT when both come from different files
   */
  settle(pkg: Package): void {
    const { recipe, options } = loadedOf(pkg);
    const content = `${recipe.identity}${canonicalJson(options)}${pkg.servesShell}`;
    const first = this.#byContent.get(content);
    if (!first) {
      this.#byContent.set(content, pkg);
      return;
    }
    if (!isSameSource(loadedOf(pkg), loadedOf(first))) throw sourceConflict(pkg, first);
    pkg.aliasOf = first;
    first.inManifest ||= pkg.inManifest;
    selectSetup(first, [...pkg.selectedSetup], pkg);
  }

  /**
   * Loaded packages that queries and products can see: no aliases, none skipped. The shell's own closure sees only
   * itself, and nobody else sees it: whatever else there is would need the shell first.
   */
  visible(servesShell = false): Package[] {
    return this.all().filter((pkg) => pkg.loaded && !pkg.aliasOf && !pkg.skipped && pkg.servesShell === servesShell);
  }

  match(query: string, servesShell = false): Package[] {
    return this.visible(servesShell).filter((pkg) => matchesQuery(query, identityOf(pkg)) || pkg.label === query);
  }

  /** Every package that offers the product, or that matches `query` as well. */
  providers(product: string, query?: string, servesShell = false): Package[] {
    const candidates = query === undefined ? this.visible(servesShell) : this.match(query, servesShell);
    return candidates.filter((pkg) => Object.hasOwn(loadedOf(pkg).products, product));
  }

  /**
   * The one package that a person's query means.
   *
   * @throws Failure QUERY_UNKNOWN, QUERY_AMBIGUOUS
   */
  pick(query: string): Package {
    const found = this.match(query);
    const [only] = found;
    if (only && found.length === 1) return only;
    if (found.length > 1) {
      throw new Failure(
        'QUERY_AMBIGUOUS',
        `Query "${query}" matches ${found.length} packages: ${found.map((pkg) => pkg.label).join(', ')}`,
        {
          hint: 'Use the whole name of one of them',
        },
      );
    }
    const broken = this.all().find((pkg) => pkg.error !== undefined && matchesQuery(query, identityOf(pkg)));
    if (broken) {
      const hint = 'Mend its recipe first: what is wrong with it is told beside this';
      throw new Failure('QUERY_UNKNOWN', `Nothing can be done with "${query}": ${broken.label} cannot be loaded`, {
        hint,
      });
    }
    throw unknownQuery(
      query,
      this.visible().map((pkg) => pkg.request.recipe),
    );
  }

  /**
   * Makes the products of a package of the manifest known: each has one name in the project. What only recipes use may
   * have several providers, of which a recipe names its own.
   *
   * @throws Problems with PRODUCT_CLASH when another package of the manifest offers one of them
   */
  offer(pkg: Package): void {
    for (const name of pkg.inManifest ? Object.keys(loadedOf(pkg).products) : []) {
      const other = this.#products.get(name);
      if (other && other !== pkg) throw productClash(name, other, pkg);
      this.#products.set(name, pkg);
    }
  }

  /** Product → its provider: one of the manifest, else the first by name. */
  products(): Map<string, Package> {
    const products = new Map(this.#products);
    for (const pkg of this.visible().sort((a, b) => (a.label < b.label ? -1 : 1))) {
      for (const name of Object.keys(loadedOf(pkg).products)) if (!products.has(name)) products.set(name, pkg);
    }
    return products;
  }
}

export function identityOf(pkg: Package): Identity {
  return parseIdentity(pkg.request.recipe) as Identity;
}

/** One file, which imports the same from bundles, and what it fetches by relative paths is one thing too. */
function isSameSource({ recipe, baseDir, digest }: Loaded, other: Loaded): boolean {
  const isFixed = recipe.fetch?.form === 'items' && !recipe.fetch.items.some(({ form }) => form === 'path');
  const isSameBase = baseDir === other.baseDir || isFixed || recipe.fetch === undefined;
  return recipe.file === other.recipe.file && digest === other.digest && isSameBase;
}

function sourceConflict(pkg: Package, first: Package): Problems {
  const isOneFile = loadedOf(pkg).recipe.file === loadedOf(first).recipe.file;
  const fileOf = (at: Package): string => {
    const { recipe, baseDir, scope } = loadedOf(at);
    return isOneFile ? `${recipe.file} (paths from ${baseDir}, bundles of ${scope.file})` : recipe.file;
  };
  // Recipes load in any order, and the message is the same in every run.
  const [one, other] = [pkg, first].sort((a, b) => (fileOf(a) < fileOf(b) ? -1 : 1)) as [Package, Package];
  return new Problems([
    {
      code: 'SOURCE_CONFLICT',
      message: `${pkg.label} comes from two sources: ${fileOf(one)} and ${fileOf(other)}`,
      file: other.origin.file,
      path: other.origin.path,
      hint: 'Use one source for both, or give one of the recipes another identity',
      also: { file: one.origin.file, path: one.origin.path, note: 'the first is asked for here' },
    },
  ]);
}

function productClash(name: string, first: Package, second: Package): Problems {
  // Recipes load in any order, and the message is the same in every run.
  const [one, other] = [first, second].sort((a, b) => (a.label < b.label ? -1 : 1)) as [Package, Package];
  return new Problems([
    {
      code: 'PRODUCT_CLASH',
      message: `Product "${name}" is offered by ${one.label} and by ${other.label}`,
      file: loadedOf(second).recipe.file,
      path: ['products', name],
      atKey: true,
      hint: 'Remove one of the packages, or name the product differently in one recipe',
    },
  ]);
}
