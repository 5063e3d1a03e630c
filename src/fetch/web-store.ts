// A web server as a store of objects that others put there: it can be read, by any server of files.
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { HttpResponse } from '../system/http.ts';
import { refusalOf } from './answer.ts';
import { readWhole } from './body.ts';
import { MOST_OBJECT_BYTES, type ObjectStore } from './object-store.ts';
import type { TransportTools } from './transport.ts';
import { checkedUrl } from './web.ts';

export function createWebStore(url: string, { http, clock }: Pick<TransportTools, 'http' | 'clock'>): ObjectStore {
  const base = checkedUrl(url);
  const addressOf = (name: string): string => {
    const address = new URL(base);
    address.pathname = `${address.pathname.replace(/\/$/, '')}/${name.split('/').map(encodeURIComponent).join('/')}`;
    return address.href;
  };
  /** True when it is there; any answer but a plain one is a failure. */
  const isThere = async (response: HttpResponse): Promise<boolean> => {
    if (response.status === 200) return true;
    await response.discard();
    if (response.status === 404 || response.status === 410) return false;
    throw refusalOf(response, clock);
  };

  return {
    sourceOf: (name) => ({ url: addressOf(name) }),

    // Asked once: who reads a small document here has another way when there is no answer.
    async read(name, signal, known) {
      const headers = known === undefined || known.startsWith('sha256:') ? {} : { 'if-none-match': known };
      const response = await http.request({ url: addressOf(name), headers, signal });
      if (response.status === 304) {
        await response.discard();
        return 'unchanged';
      }
      if (!(await isThere(response))) return undefined;
      const bytes = await readWhole(response, MOST_OBJECT_BYTES);
      return { bytes, version: response.headers.etag ?? `sha256:${sha256OfBytes(bytes)}` };
    },

    async write() {
      throw new Failure('SOURCE_UNSUPPORTED', `Cannot write to "${redactUrl(url)}": a web server is only read`, {
        hint: 'Push to the directory, S3 bucket or OCI registry that it serves',
      });
    },
  };
}
