// A graph for programs: the names of the other answers, and nothing that depends on where a text stands.
import type { Json, JsonObject } from '../../model/json.ts';
import type { PackageEdge, PackageGraph } from '../../model/package-graph.ts';
import { toJson, toJsonRow } from '../json.ts';

export function graphToJson({ roots, packages, edges }: PackageGraph): Json {
  return toJson({
    roots: roots.map(({ name, isShell }) => toJsonRow({ name, isShell })),
    packages: packages.map(toJsonRow),
    dependencies: edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      ...howOf(edge),
      ...(edge.declared && { declared_in: edge.declared.file }),
    })),
  });
}

/** How one package needs another. */
export function howOf({ from: _, to: __, declared: ___, setup, ...how }: PackageEdge): JsonObject {
  return toJsonRow({ ...how, ...(setup.length > 0 && { setup }) }) as JsonObject;
}
