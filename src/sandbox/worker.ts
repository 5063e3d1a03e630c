// The thread in which recipes run. Does one thing after the other: each run gets the instance, put back to its first
// state; an instance that was stopped in the middle of something is thrown away.
import { parentPort } from 'node:worker_threads';
import { createInstance } from './engine.ts';
import { Evaluation } from './evaluation.ts';
import type { Instance } from './instance.ts';
import { type FromWorker, isLongAnswer, type Setup, type ToWorker } from './protocol.ts';
import { Pulse } from './pulse.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread');

let setup: Setup | undefined;
let instance: Promise<Instance> | undefined;
let current: { run: number; evaluation: Evaluation } | undefined;
let inOrder: Promise<void> = Promise.resolve();

port.on('message', (message: ToWorker) => {
  inOrder = inOrder.then(() => handle(message));
});

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'setup':
      setup = message;
      // Begun before it is needed: the first run would wait for it.
      instance = createInstance(setup, new Pulse(setup.pulse));
      return;
    case 'run':
      return await begin(message);
    case 'answer':
      if (current?.run !== message.run) return;
      if (isLongAnswer(message.text)) post({ type: 'taken', run: message.run, call: message.call });
      current.evaluation.answer(message);
      return conclude();
  }
}

async function begin({ run, request }: Extract<ToWorker, { type: 'run' }>): Promise<void> {
  if (setup === undefined) throw new Error('A worker is set up before its first run');
  instance ??= createInstance(setup, new Pulse(setup.pulse));
  const evaluation = new Evaluation({
    run,
    request,
    instance: await instance,
    limits: setup.limits,
    onCall: (call) => post({ type: 'call', run, call }),
  });
  current = { run, evaluation };
  evaluation.start();
  conclude();
}

function conclude(): void {
  if (current?.evaluation.outcome === undefined) return;
  if (current.evaluation.isBroken) instance = undefined;
  post({ type: 'done', run: current.run, outcome: current.evaluation.outcome });
  current = undefined;
}

function post(message: FromWorker): void {
  port?.postMessage(message);
}
