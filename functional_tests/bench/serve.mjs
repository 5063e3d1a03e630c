// A web server with the files of a directory, out of memory: `node serve.mjs <dir>` tells its port and serves until it is
// ended, or until nobody holds its input any more.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const dir = process.argv[2];
const files = new Map(readdirSync(dir).map((name) => [`/${name}`, readFileSync(path.join(dir, name))]));
const server = createServer(({ url }, response) => {
  const content = files.get(url);
  response.writeHead(content ? 200 : 404, { 'content-length': content?.length ?? 0 }).end(content);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().once('end', () => process.exit());
