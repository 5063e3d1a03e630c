// Repositories over http, served by git's own `git http-backend`, which this little server runs as CGI (RFC 3875) – after
// what a test wants to go wrong.
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificate.ts';

export interface GitServer {
  /** What a recipe writes for a repository below the root. */
  url(name: string): string;
  /** Method and path of everything that was asked for, in order. */
  asked: string[];
}

export interface GitServerOptions {
  /** `user:password` that is demanded. */
  login?: string;
  /** Speaks the first protocol only, which hands out no commit but those that a name leads to. */
  old?: boolean;
  /** Speaks https with it. */
  certificate?: Certificate;
  /** May answer by itself; true when it did. */
  disturb?(request: IncomingMessage, response: ServerResponse): boolean;
}

export async function startGitServer(rootDir: string, options: GitServerOptions = {}): Promise<GitServer> {
  const asked: string[] = [];
  const { login, old = false, disturb, certificate } = options;
  const wanted = login === undefined ? undefined : `Basic ${btoa(login)}`;
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (disturb?.(request, response)) return;
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else serve(request, response, { rootDir, old });
  };
  const server = certificate ? createSecureServer(certificate, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, url: (name) => `git+${certificate ? 'https' : 'http'}://127.0.0.1:${port}/${name}` };
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { rootDir, old }: { rootDir: string; old: boolean },
): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const protocol = request.headers['git-protocol'];
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH ?? '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROJECT_ROOT: rootDir,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      ...(protocol !== undefined && !old && { GIT_PROTOCOL: `${protocol}` }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // A client that has heard enough closes its side first.
  request.pipe(child.stdin.on('error', () => {}));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('close', () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const headers = new Headers(
      answer
        .toString('latin1', 0, Math.max(end, 0))
        .split('\r\n')
        .filter(Boolean)
        .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
    );
    response.writeHead(
      Number.parseInt(headers.get('status') ?? '200', 10),
      [...headers].filter(([name]) => name !== 'status').flat(),
    );
    response.end(answer.subarray(end + 4));
  });
}
