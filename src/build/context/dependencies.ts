// `ctx.asset(query)` and `ctx.product(name)`: only for dependencies that are declared for the running phase.
import { findAsset, findProduct } from '../dependencies.ts';
import { text } from './arguments.ts';
import type { Method } from './table.ts';

export const answerAsset: Method = async ([query], { pkg, phase }) =>
  findAsset(pkg, phase, text(query, 'ctx.asset(query)'));

export const answerProduct: Method = async ([name], { pkg, phase }) =>
  findProduct(pkg, phase, text(name, 'ctx.product(name)'));
