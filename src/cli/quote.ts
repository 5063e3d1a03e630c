// Text as one word of a shell's language, whatever is in it.
import { quote } from '../build/quote.ts';

export const quoteFor = {
  /** bash, zsh and every sh: nothing is special between single quotes. */
  sh: quote,
  /** In fish a backslash can hide a quote, and so another backslash. */
  fish: (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`,
  /** For what reads .env files: between double quotes, where backslashes say what a line cannot hold. */
  dotenv: (text: string): string => `"${text.replace(/["\\$`]/g, '\\$&').replaceAll('\n', '\\n')}"`,
};
