// A web server that stops in the middle of its answer, as servers and networks do, until it is told to go on.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface StuckServer {
  url(path: string): string;
  /** Resolves when the first answer is stuck in its middle. */
  stuck: Promise<void>;
  /** Finishes what is stuck, and answers in full from now on. */
  goOn(): void;
}

export async function startStuckServer(content: string | Buffer): Promise<StuckServer> {
  const { promise: stuck, resolve: isStuck } = Promise.withResolvers<void>();
  const whole = Buffer.from(content);
  const [first, second] = [whole.subarray(0, whole.length / 2), whole.subarray(whole.length / 2)];
  const waiting: ServerResponse[] = [];
  let goesOn = false;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': whole.length });
    if (goesOn) return response.end(whole);
    waiting.push(response);
    return response.write(first, () => isStuck());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: (path) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    stuck,
    goOn() {
      goesOn = true;
      for (const response of waiting.splice(0)) response.end(second);
    },
  };
}
