// The official schemas of CycloneDX, put to documents by validators that others have written: jsonschema and xmllint.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const SCHEMAS = path.resolve(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-library/res/schema');
const read = (name: string) => JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8'));

/** What is wrong with a JSON document, in words; nothing when it is as it has to be. */
export async function findFaultsOfJson(text: string, workDir: string): Promise<string> {
  const [schema, document] = ['schema.json', 'bom.json'].map((name) => path.join(workDir, name)) as [string, string];
  const parts = ['spdx', 'jsf-0.82', 'cryptography-defs'].map((name) => ({
    ...read(name),
    $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
  }));
  const whole = read('bom-1.7');
  // One file, in which the others have the names that it calls them by: nobody asks the network for them.
  for (const [index, part] of parts.entries()) whole.definitions[`part${index}`] = part;
  writeFileSync(schema, JSON.stringify(whole));
  writeFileSync(document, text);
  return faultsOf('jsonschema', ['--instance', document, schema]);
}

/** The same for an XML document. */
export async function findFaultsOfXml(text: string, workDir: string): Promise<string> {
  const document = path.join(workDir, 'bom.xml');
  writeFileSync(document, text);
  return faultsOf('xmllint', ['--noout', '--nonet', '--schema', path.join(SCHEMAS, 'bom-1.7.SNAPSHOT.xsd'), document]);
}

/** What a program that judges a document has to say when it refuses it. */
export async function faultsOf(command: string, args: readonly string[]): Promise<string> {
  try {
    await promisify(execFile)(command, args);
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  }
}
