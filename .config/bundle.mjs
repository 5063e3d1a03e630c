// Bundles the program into dist/: `galley.js` is what people call, `main.mjs` the program behind it, `worker.mjs` runs the
// sandbox, `courier.mjs` copies outputs. What a command does not need stays in files of its own that are not even read.
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Ink asks for it in development only. */
const withoutDevtools = {
  name: 'without-devtools',
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'stub' }));
    build.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export default {};' }));
  },
};

/** Ink's layout has its WebAssembly as text in itself. To read that with `fetch` loads all of Node's own HTTP client. */
const withoutFetch = {
  name: 'without-fetch',
  setup(build) {
    build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: `const fetch = undefined;\n${await readFile(path, 'utf8')}`,
    }));
  },
};

/** Whoever runs the old program meanwhile keeps it, and a build that fails leaves it in place. */
const fresh = `dist.${process.pid}`;

/** What a quick answer does without is not part of the file that gives it. */
const withoutTheRest = {
  name: 'without-the-rest',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import'
        ? { path: `./${path.split('/').at(-1).replace(/ts$/, 'mjs')}`, external: true }
        : undefined,
    );
  },
};

const COMMON = {
  absWorkingDir: root,
  outdir: fresh,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

// One file that is no ES module: to load one costs Node four milliseconds more, and each further file another.
await build({ ...COMMON, entryPoints: { galley: 'src/galley.ts' }, format: 'cjs', plugins: [withoutTheRest] });
await writeFile(`${root}${fresh}/package.json`, '{ "type": "commonjs" }\n');

await build({
  ...COMMON,
  entryPoints: {
    main: 'src/main.ts',
    answer: 'src/cli/complete/answer.ts',
    worker: 'src/sandbox/worker.ts',
    unpacker: 'src/build/unpacking/thread.ts',
    courier: 'src/system/courier/main.ts',
  },
  splitting: true,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // Native prebuilds and WebAssembly are found beside their own packages; unzipper would ask for the last one if somebody
  // handed it a zip in S3; the CycloneDX library writes XML with its own peer, which we do without.
  external: ['fs-native-extensions', 'quickjs-emscripten', '@jitl/*', '@aws-sdk/client-s3', 'xmlbuilder2'],
  plugins: [withoutDevtools, withoutFetch],
  // React chooses its production build by this.
  define: { 'process.env.NODE_ENV': '"production"' },
  // CommonJS packages inside an ES module call a `require` that is not there.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
await chmod(`${root}${fresh}/galley.js`, 0o755);
await rm(`${root}dist`, { recursive: true, force: true });
await rename(`${root}${fresh}`, `${root}dist`);
