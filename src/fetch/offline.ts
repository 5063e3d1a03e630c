// What --offline answers to whoever would ask the network.
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';

export function offline(...urls: [string, ...string[]]): Failure {
  const shown = [...new Set(urls.map(redactUrl))];
  const names = shown.map((url) => `"${url}"`).join(', ');
  return new Failure('OFFLINE', `Cannot fetch ${names}: --offline forbids it`, {
    hint: 'Run once without --offline: what is downloaded then is kept, and found by the sha256 in its recipe or in galley.lock',
    facts: { url: shown[0] as string, urls: shown },
  });
}
