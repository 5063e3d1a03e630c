// A web server on this machine that hands out what it is given and counts who asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Server {
  /** The address of a path. */
  url(path: string): string;
  /** How often a path was asked for. */
  asked(path: string): number;
  /** What is handed out from now on; undefined is 404. */
  set(path: string, content: string | Buffer | undefined): void;
}

export async function startServer(files: Readonly<Record<string, string | Buffer>>): Promise<Server> {
  const contents = new Map<string, string | Buffer | undefined>(Object.entries(files));
  const counts = new Map<string, number>();
  const server = createServer(({ url = '' }, response) => {
    counts.set(url, (counts.get(url) ?? 0) + 1);
    const content = contents.get(url);
    if (content === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-length': Buffer.byteLength(content) }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    asked: (path) => counts.get(path) ?? 0,
    set: (path, content) => void contents.set(path, content),
  };
}
