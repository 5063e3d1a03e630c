// What --offline answers to whoever would ask the network.
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';

export function offline(url: string): Failure {
  const shown = redactUrl(url);
  return new Failure('OFFLINE', `Cannot fetch "${shown}": --offline forbids it`, {
    hint: 'Run once without --offline: what is downloaded then is kept',
    facts: { url: shown },
  });
}
