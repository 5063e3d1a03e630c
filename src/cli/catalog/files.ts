// The commands that work on files and need no project, as rows of the catalog.
import { type CommandRow, JSON_FLAG } from '../command-row.ts';

export const FILE_COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Files, without a project:',
    name: 'fetch',
    summary: 'Download one file over any transport, and verify it',
    arguments: [
      { name: '<source>', meaning: 'A URL of any transport (https, git, npm, crates, pypi, …), or a path' },
      { name: '[dest]', meaning: 'File, or directory that gets it; the working directory when absent' },
    ],
    flags: [
      { flag: '--sha256 <digest>', meaning: 'Refuse any other bytes' },
      { flag: '--ref <revision>', meaning: 'Tag, branch or commit of a git repository, whose tree comes as a tar' },
      { flag: '--subdir <dir>', meaning: 'Only this directory of a git repository' },
      { flag: '--submodules', meaning: 'With the submodules of a git repository' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley fetch npm:left-pad@1.3.0', meaning: 'Into the working directory, under its own name' },
      { command: 'galley fetch https://example.com/a.tar.gz in/', meaning: 'Into a directory, made if need be' },
      { command: 'galley fetch git+https://example.com/a.git --ref v1.2', meaning: 'The tree of a tag' },
      { command: 'galley fetch --yes https://example.com/b b', meaning: 'Replace a file with another content' },
    ],
    load: () => import('../commands/fetch.ts'),
  },
  {
    name: 'extract',
    summary: 'Unpack an archive; one that would write beside its directory is refused',
    arguments: [
      { name: '<archive>', meaning: 'File of any format that recipes can unpack' },
      { name: '[dir]', meaning: 'Directory to unpack into, made if need be; the working directory when absent' },
    ],
    flags: [
      { flag: '--strip-components <n>', meaning: 'Leave out so many leading directories' },
      { flag: '--include <glob>', meaning: 'Unpack only what matches; may be repeated', repeats: true },
      { flag: '--exclude <glob>', meaning: 'Leave out what matches; may be repeated', repeats: true },
      JSON_FLAG,
    ],
    examples: [
      { command: 'galley extract zlib-1.3.tar.gz', meaning: 'Here' },
      { command: 'galley extract zlib.tar.gz zlib --strip-components 1', meaning: 'Without its outer directory' },
      { command: "galley extract sdk.tar.gz sdk --include '*/include'", meaning: 'Only a part' },
    ],
    load: () => import('../commands/extract.ts'),
  },
  {
    name: 'hash',
    summary: 'Print sha256 digests of files as sha256sum does, and of directories as recipes take them',
    arguments: [
      {
        name: '<path...>',
        meaning:
          'Files, - for stdin, or directories: for those the digest of "fetch: { path }", without .git and .galley',
      },
    ],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley hash dist/*.tar.gz > SHA256SUMS', meaning: 'A list for "sha256sum -c"' },
      { command: 'galley hash src', meaning: 'What a key holds of a source tree' },
    ],
    load: () => import('../commands/hash.ts'),
  },
];
