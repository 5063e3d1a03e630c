export const identity = 'test.tool@r1';
import { readFileSync } from 'node:fs';

export const description = readFileSync('/etc/passwd', 'utf8');
