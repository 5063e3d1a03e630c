// What a recipe fetches: the forms of `fetch`, brought to one list. Knows no transport and touches no file.
import { formatGitUrl, isGitUrl } from '../model/git.ts';
import { findGlobProblem } from '../model/glob.ts';
import type { FetchItem, FetchVerb } from '../model/verb.ts';
import { isUrl, url } from './address.ts';
import { fileName, HEADER_NAME, insidePath, sha256 } from './name.ts';
import { callable, choose, either, flag, list, record, refine, type Shape, table, text } from './shape.ts';

const address: Shape<FetchItem> = {
  ...refine(text, (value): FetchItem => (isUrl(value) ? { form: 'url', url: value } : { form: 'path', path: value })),
  expected: 'a URL',
};

const remote: Shape<FetchItem> = refine(
  table({
    required: { url },
    optional: {
      ...{ sha256, dest: fileName, headers: record(HEADER_NAME, text, 'a table of HTTP headers') },
      ...{ ref: text, subdir: insidePath, submodules: flag },
    },
  }),
  ({ ref, subdir, submodules, ...fields }, at) => {
    const ofGit = { ref, subdir, submodules };
    if (isGitUrl(fields.url)) {
      // A credential helper knows who we are; git has no place for headers.
      if (fields.headers !== undefined) at.enter('headers').misplaced('does not go with a git repository');
      return { form: 'url', ...fields, url: formatGitUrl(fields.url, ofGit) };
    }
    for (const [name, value] of Object.entries(ofGit)) {
      if (value !== undefined) at.enter(name).misplaced('does not go with a "url" that is no git repository');
    }
    return { form: 'url', ...fields };
  },
);

const pattern: Shape<string> = refine(text, (value, at) => {
  const problem = findGlobProblem(value);
  return problem === undefined ? value : at.mismatch(value, problem.expected, { hint: problem.hint });
});

const patterns = list(pattern, 'a list of path patterns');

const local: Shape<FetchItem> = refine(
  table({ required: { path: text }, optional: { include: patterns, exclude: patterns } }),
  (fields) => ({ form: 'path', ...fields }),
);

const item: Shape<FetchItem> = either(
  address,
  choose('a table { url } or { path }', (fields) => (Object.hasOwn(fields, 'path') ? local : remote)),
);

const fetchItems: Shape<FetchItem[]> = {
  ...either(
    refine(item, (only) => [only]),
    list(item),
  ),
  expected: 'a URL, a table { url } or { path }, a list of those',
};

export const fetchVerb: Shape<FetchVerb> = either(
  refine(fetchItems, (items): FetchVerb => ({ form: 'items', items })),
  callable,
);

/** What a fetch function answers: it may also have fetched everything by itself and answer nothing. */
export const fetchAnswer: Shape<FetchItem[]> = either(fetchItems, { expected: 'nothing', readers: { null: () => [] } });
