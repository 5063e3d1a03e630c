/**
 * `import { flags } from "bundle:alias/lib/flags.js"` in a recipe that depends on `{ bundle: "alias" }`. Editors do not look
 * into bundles.
 */
declare module 'bundle:*';
