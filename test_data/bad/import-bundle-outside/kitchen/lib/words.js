export { packages as word } from '../../galley.js';
