// A web server on this machine that hands out what it is given, or misbehaves as a test wants it, and remembers who asked.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificate.ts';

/** Answers by itself. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export type Content = string | Buffer | Handler;

export interface Server {
  /** The address of a path. */
  url(path: string): string;
  /** Host and port. */
  host: string;
  /** How often a path was asked for. */
  asked(path: string): number;
  /** Every path that was asked for, in order. */
  paths(): string[];
  /** The headers of every request for a path, in order. */
  headers(path: string): IncomingHttpHeaders[];
  /** What is handed out from now on; undefined is 404. */
  set(path: string, content: Content | undefined): void;
}

export interface ServerOptions {
  /** Speaks https with it. */
  certificate?: Certificate;
  /** Answers what is not in the files. */
  otherwise?: Handler;
}

export async function startServer(
  files: Readonly<Record<string, Content>>,
  { certificate, otherwise }: ServerOptions = {},
): Promise<Server> {
  const contents = new Map<string, Content | undefined>(Object.entries(files));
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const answer: Handler = (request, response) => {
    const { url: path = '', headers } = request;
    requests.push({ path, headers });
    const content = contents.get(path) ?? otherwise;
    if (typeof content === 'function') content(request, response);
    else if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': Buffer.byteLength(content) }).end(content);
  };
  const server = certificate ? createSecureServer(certificate, answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const of = (path: string) => requests.filter((request) => request.path === path);
  return {
    host,
    url: (path) => `${certificate ? 'https' : 'http'}://${host}${path}`,
    asked: (path) => of(path).length,
    paths: () => requests.map(({ path }) => path),
    headers: (path) => of(path).map(({ headers }) => headers),
    set: (path, content) => void contents.set(path, content),
  };
}
