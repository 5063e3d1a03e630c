// A proxy on this machine, as companies have them: it forwards http, tunnels https, and may want a password.
import { createServer, request as send } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Proxy {
  /** Host and port. */
  host: string;
  /** `GET http://…` and `CONNECT host:port`, in order. */
  asked: string[];
}

/** `login`: `user:password` that it demands. */
export async function startProxy({ login }: { login?: string } = {}): Promise<Proxy> {
  const asked: string[] = [];
  const isKnown = (header: unknown) => login === undefined || header === `Basic ${btoa(login)}`;
  const server = createServer(({ url = '', method, headers }, response) => {
    asked.push(`${method} ${url}`);
    const { 'proxy-authorization': word, ...others } = headers;
    if (!isKnown(word)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic realm="p"' }).end();
    const forwarded = send(url, { method: `${method}`, headers: others }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.writeHead(502).end()).end();
  });
  server.on('connect', ({ url = '', headers }, socket) => {
    asked.push(`CONNECT ${url}`);
    if (!isKnown(headers['proxy-authorization'])) return socket.end('HTTP/1.1 407 Login\r\n\r\n');
    const [host, port] = url.split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    return socket.on('error', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
