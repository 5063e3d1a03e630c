import { expect, it } from 'vitest';
import { formatXml } from './xml.ts';

it('an element is written with its attributes and children, and without what is undefined', () => {
  const text = formatXml({
    ...{ type: 'element', name: 'a', namespace: 'urn:x', attributes: { b: 1, c: undefined } },
    children: [
      { type: 'comment' },
      { type: 'element', name: 'd' },
      { type: 'element', name: 'e', children: 'f' },
      { type: 'element', name: 'g', children: [{ type: 'element', name: 'h', children: 0 }] },
    ],
  });
  expect(text).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<a xmlns="urn:x" b="1">\n  <d/>\n  <e>f</e>\n  <g>\n    <h>0</h>\n  </g>\n</a>\n',
  );
});

it('text stays text, and what XML cannot hold is replaced', () => {
  const text = '<&">\n\t]]>\0\x1b\ufffe\ud800é😀';
  const xml = formatXml({ type: 'element', name: 'a', attributes: { b: text }, children: text });
  const written = '&lt;&amp;&quot;&gt;&#10;&#9;]]&gt;\ufffd\ufffd\ufffd\ufffdé😀';
  expect(xml).toContain(`<a b="${written}">${written}</a>`);
});
