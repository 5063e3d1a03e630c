// What must never be in a directory that an archive was unpacked into, whatever it said.
import * as fs from 'node:fs';
import path from 'node:path';

/** One line for each link that leads out, each device or pipe, and each bit that lends somebody's rights. */
export function findStrange(root: string, dir = root): string[] {
  return fs.readdirSync(dir).flatMap((name) => {
    const file = path.join(dir, name);
    const stat = fs.lstatSync(file);
    if (stat.isSymbolicLink()) return leadsOut(root, file) ? [`${file} -> ${fs.readlinkSync(file)}`] : [];
    if (stat.isDirectory()) return findStrange(root, file);
    if (!stat.isFile()) return [`${file} is a node`];
    return stat.mode & 0o7022 ? [`${file} has mode ${stat.mode.toString(8)}`] : [];
  });
}

/** Follows links one by one, as the system does it, without asking the system. */
export function leadsOut(root: string, link: string): boolean {
  let current = path.dirname(link);
  const rest = fs.readlinkSync(link).split('/');
  for (let steps = 0; rest.length > 0 && steps < 100; steps++) {
    const next = path.join(current, rest.shift() as string);
    if (next !== root && !next.startsWith(`${root}/`)) return true;
    if (fs.existsSync(current) && !fs.statSync(current).isDirectory()) return false; // Leads nowhere.
    const stat = fs.lstatSync(next, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) rest.unshift(...fs.readlinkSync(next).split('/'));
    else current = next;
  }
  return false;
}
