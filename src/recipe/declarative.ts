// The declarative forms of `build`: which fields each tool has. What authors write in the tool's words is camelCase from
// here on.
import type {
  AutotoolsBuild,
  BuildTool,
  CargoBuild,
  CmakeBuild,
  DeclarativeBuild,
  GoBuild,
  MakeBuild,
  MesonBuild,
  NpmBuild,
  Scalar,
} from '../model/declarative.ts';
import { insidePath, VARIABLE_NAME } from './name.ts';
import { choose, either, flag, list, type NameRule, number, record, refine, type Shape, table, text } from './shape.ts';

const anyText: Shape<string> = { expected: 'a text', readers: { text: (value) => value } };
const words = list(text, 'a list of texts');
const scalar: Shape<Scalar> = either(anyText, number, flag);
const scalars: Shape<Scalar | Scalar[]> = either(scalar, list(scalar));

/** What stands left of the `=` in a command line. */
const DEFINE_NAME: NameRule = { expected: 'a name without "=" or spaces', pattern: /^[^=\s-][^=\s]*$/ };
const scalarsByName = record(DEFINE_NAME, scalars, 'a table of texts, numbers, booleans and lists of those');
const scalarByName = record(DEFINE_NAME, scalar, 'a table of texts, numbers and booleans');
const variables = record(VARIABLE_NAME, anyText, 'a table of texts');

const cmake: Shape<CmakeBuild> = form('cmake', {
  source_dir: insidePath,
  generator: text,
  build_type: text,
  defines: scalarsByName,
  targets: words,
  components: words,
  configure_args: words,
  build_args: words,
  install_args: words,
});

const meson: Shape<MesonBuild> = form('meson', {
  source_dir: insidePath,
  buildtype: text,
  options: scalarsByName,
  setup_args: words,
  compile_args: words,
  install_args: words,
});

const autotools: Shape<AutotoolsBuild> = form('autotools', {
  source_dir: insidePath,
  autoreconf: flag,
  configure_args: words,
  targets: words,
  install_targets: words,
  make_args: words,
});

const make: Shape<MakeBuild> = form('make', {
  directory: insidePath,
  makefile: insidePath,
  targets: words,
  variables: scalarByName,
  install_targets: words,
  install_variables: scalarByName,
  args: words,
});

const cargo: Shape<CargoBuild> = form('cargo', {
  directory: insidePath,
  packages: words,
  bins: words,
  features: words,
  no_default_features: flag,
  all_features: flag,
  profile: text,
  target: text,
  locked: flag,
  args: words,
});

const go: Shape<GoBuild> = form('go', {
  directory: insidePath,
  packages: words,
  tags: words,
  ldflags: words,
  cgo: flag,
  args: words,
});

const npm: Shape<NpmBuild> = form('npm', { directory: insidePath, scripts: words, locked: flag, install_args: words });

const FORMS = { cmake, make, meson, cargo, autotools, go, npm } satisfies Record<BuildTool, Shape<DeclarativeBuild>>;
const EXPECTED = `a table with one of ${Object.keys(FORMS).join(', ')}`;

const oneTool: Shape<DeclarativeBuild> = refine(table({ optional: FORMS }), (named) => Object.values(named)[0]);

const notOneTool: Shape<DeclarativeBuild> = {
  expected: EXPECTED,
  readers: {
    table: (named, at) =>
      at.refuse(`${at.subject} is a table of ${Object.keys(named).length} fields, expected ${EXPECTED}`),
  },
};

export const declarativeBuild: Shape<DeclarativeBuild> = choose(EXPECTED, (named) =>
  Object.keys(named).length === 1 ? oneTool : notOneTool,
);

function form<T extends BuildTool, O extends Parameters<typeof table>[0]['optional'] & object>(tool: T, fields: O) {
  const shape = table({ optional: { ...fields, env: variables }, expected: `a table of fields of ${tool}` });
  return refine(shape, (values) => ({ tool, ...camelCased(values) }));
}

type CamelCase<S> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S;

function camelCased<T extends object>(fields: T) {
  const named = Object.entries(fields).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(named) as { [K in keyof T as CamelCase<K>]: T[K] };
}
