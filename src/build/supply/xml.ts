// Plain elements as the text of an XML document (XML 1.0). Knows nothing of what they mean.
import type { Serialize } from '@cyclonedx/cyclonedx-library';

export type XmlElement = Serialize.XML.Types.SimpleXml.Element;

export function formatXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${format(root, '')}`;
}

function format({ name, namespace, attributes = {}, children }: XmlElement, indent: string): string {
  const given = { ...(namespace !== undefined && { xmlns: `${namespace}` }), ...attributes };
  const listed = Object.entries(given).filter(([, value]) => value !== undefined);
  const start = `${indent}<${[name, ...listed.map(([key, value]) => `${key}="${encode(value as string)}"`)].join(' ')}`;
  if (children === undefined) return `${start}/>\n`;
  if (typeof children !== 'object') return `${start}>${encode(children)}</${name}>\n`;
  const inner = [...children].map((child) => (child.type === 'element' ? format(child, `${indent}  `) : ''));
  return `${start}>\n${inner.join('')}${indent}</${name}>\n`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Line breaks and tabs would become spaces in an attribute; what XML cannot write at all has a sign that says so. */
function encode(text: string | number): string {
  return (
    `${text}`
      .toWellFormed()
      .replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] as string)
      .replaceAll(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
  );
}
