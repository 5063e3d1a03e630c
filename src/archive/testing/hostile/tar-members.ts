// Members of tars that many cases have.
import type { TarItem } from '../tars.ts';

export const a: TarItem = { name: 'a', content: 'x' };
export const A = 'a 1 0 x';
export const hard = (name: string, target: string): TarItem => ({ name, flag: '1', target });
export const soft = (name: string, target: string): TarItem => ({ name, flag: '2', target });
export const dir = (name: string): TarItem => ({ name: `${name}/`, flag: '5' });
