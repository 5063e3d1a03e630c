// The command of control.ts: says hello to the test and then does what it is told, and nothing else. When the test is
// gone it goes too.
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Order, Report } from './control.ts';

const [socketFile = '', name = ''] = process.argv.slice(2);
const socket = connect(socketFile);
const tell = (report: Report): void => void socket.write(`${JSON.stringify(report)}\n`);

socket.on('close', () => process.exit(1));
tell({ hello: name, pid: process.pid });

for await (const line of createInterface({ input: socket })) {
  const order = JSON.parse(line) as Order;
  if (order.do === 'exit') process.exit(order.code);
  // Straight to the descriptor: when it is done, the bytes are in the pipe.
  if (order.do === 'print') writeSync(order.stream === 'stdout' ? 1 : 2, order.text);
  if (order.do === 'ignore') process.on(order.signal, () => tell({ signal: order.signal }));
  tell({ done: order.do });
}
