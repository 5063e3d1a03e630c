// User and password as a header (RFC 7617).
import { decodePercent } from './percent.ts';

export function formatBasic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Of what stands in an address; undefined when nothing does. */
export function basicOf({ username, password }: URL): string | undefined {
  return username + password === '' ? undefined : formatBasic(decodePercent(username), decodePercent(password));
}
