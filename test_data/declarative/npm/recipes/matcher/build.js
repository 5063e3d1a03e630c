// Writes the program, with a help text that a development dependency makes.
const fs = require('node:fs');
const { marked } = require('marked');

const help = JSON.stringify(marked.parse('*matcher* PATTERN NAME').trim());
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync(
  'dist/matcher.js',
  `#!/usr/bin/env node
const [pattern, name] = process.argv.slice(2);
if (name === undefined) console.log(${help});
else console.log(require('picomatch')(pattern)(name) ? 'yes' : 'no');
`,
);
