// A program in Python with a library from PyPI, in one file. How that is done is code of the platform team.
import { python, pythonApp } from 'bundle:platform/lib/python-app.js';

export const identity = 'data.report@r1';
export const description = 'Sums up a table of sales, as a text in Markdown';

export const dependencies = [{ bundle: 'platform' }, python('3.10')];

export const fetch = [
  { url: 'pypi:tabulate@0.10.0', sha256: 'f0b0622e567335c8fabaaa659f1b33bcb6ddfe2e496071b743aa113f8774f2d3' },
  { path: '../data/report', exclude: ['__pycache__'] },
];

export const install = pythonApp({ name: 'report', main: 'report.main:main', folders: ['report', 'tabulate'] });

export const products = { report: 'bin/report' };

export const test = `
  printf 'city,amount\\nBremen,3\\nKiel,4\\nBremen,5\\n' | "$GALLEY_ASSET_DIR/bin/report" | tee "$GALLEY_TMP_DIR/report.md"
  grep -E '^\\\\| Bremen +\\\\| +2 +\\\\| +8 +\\\\|$' "$GALLEY_TMP_DIR/report.md"
`;
