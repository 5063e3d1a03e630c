// Products: the names that a package offers, and where each leads.
import { insidePath, PRODUCT_NAME } from './name.ts';
import { record, type Shape, text } from './shape.ts';

type Products = Record<string, string>;

/** Product → relative path in the asset. */
export const assetProducts: Shape<Products> = record(PRODUCT_NAME, insidePath, 'a table of products');

/** Of a user-managed package: product → whatever text its users know how to read. */
export const freeProducts: Shape<Products> = record(PRODUCT_NAME, text, 'a table of products');
