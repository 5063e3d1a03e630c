// `oci://registry/repository:tag`: files in registries of containers, as ORAS and others push them. The manifest says
// which digest the bytes have.
import { Failure } from '../../model/failure.ts';
import { redactUrl } from '../../model/redact.ts';
import { stripControl } from '../../system/terminal.ts';
import type { Expectation, FetchSource, Located } from '../source.ts';
import type { Transport, TransportTools } from '../transport.ts';
import { type OciFile, type OciManifest, readManifest, showManifest } from './manifest.ts';
import { apiUrl, DIGEST, type OciReference, type OciRepository, parseOciUrl } from './reference.ts';

export function createOciTransport({ oci: open, attempts, machine }: TransportTools): Transport {
  const oci = open();
  const located = (repository: OciRepository, digest: string, facts: Expectation = {}): Located => {
    const path = `blobs/${digest}`;
    return {
      // Where it is for everybody; a mirror may stand in for it.
      url: apiUrl(repository, path),
      ...facts,
      request: (headers, signal) =>
        oci.send({ method: 'GET', repository, path, action: 'pull', headers, signal }, [200, 206, 416]),
    };
  };

  return {
    fileName(url) {
      const { name, file } = parseOciUrl(url);
      const whole = file === undefined || DIGEST.test(file) ? name : file;
      return whole.split('/').at(-1) ?? '';
    },

    async locate({ url }, signal) {
      const wanted = parseOciUrl(url);
      const query = { repository: wanted, reference: wanted.reference, signal };
      const manifest = await attempts({ url, signal }, () => readManifest(query, oci, machine()));
      const { digest, sha256, sizeBytes } = chooseFile(manifest, wanted, url);
      return located(wanted, digest, { sha256, sizeBytes });
    },

    // The address of a blob names its bytes: no manifest is needed any more.
    async locatePinned({ url }: FetchSource, pinned) {
      const wanted = parseOciUrl(url);
      const prefix = apiUrl(wanted, 'blobs/');
      const digest = pinned.startsWith(prefix) ? pinned.slice(prefix.length) : '';
      return DIGEST.test(digest) ? located(wanted, digest) : undefined;
    },
  };
}

/** How many names are listed: whoever has more knows which one is meant. */
const MOST_LISTED = 20;

function chooseFile({ files }: OciManifest, wanted: OciReference, url: string): OciFile {
  const fitting = files.filter(
    ({ title, digest }) => wanted.file === undefined || [title, digest].includes(wanted.file),
  );
  const [only] = fitting;
  if (only !== undefined && new Set(fitting.map(({ digest }) => digest)).size === 1) return only;
  const names = files.slice(0, MOST_LISTED).map(({ title, digest }) => stripControl(title ?? digest));
  const shown = redactUrl(showManifest({ ...wanted, repository: wanted }));
  if (wanted.file === undefined && files.length > 0) {
    throw new Failure('SOURCE_AMBIGUOUS', `Cannot fetch "${shown}": it has ${files.length} files`, {
      hint: `Name one of them after #: ${names.join(', ')}`,
      facts: { url: shown },
    });
  }
  const hint = names.length === 0 ? {} : { hint: `It has ${names.join(', ')}` };
  const reason = wanted.file === undefined ? 'it has no files' : `it has no file "${stripControl(wanted.file)}"`;
  throw new Failure('SOURCE_NOT_FOUND', `Cannot fetch "${redactUrl(url)}": ${reason}`, {
    ...hint,
    facts: { url: shown },
  });
}
