// How this machine reaches what the project fetches: proxies, and the hosts its lock file and the configuration of the
// ordinary clients name. Nobody else is asked, and nobody with --offline.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import { readCrateRegistry } from '../../fetch/cargo-config.ts';
import { netrcFile } from '../../fetch/credentials.ts';
import { readNpmConfig } from '../../fetch/npmrc.ts';
import { readPipIndexes } from '../../fetch/pip-config.ts';
import { isFailure } from '../../model/failure.ts';
import type { Mirror } from '../../model/mirror.ts';
import { redactUrl } from '../../model/redact.ts';
import type { Settings } from '../../model/settings.ts';
import type { TokenRule } from '../../model/token.ts';
import { unlessMissing } from '../../system/errno.ts';
import { createHttp } from '../../system/http.ts';
import { type Finding, findingsOf, problemsOf } from './finding.ts';

const finding = findingsOf('network');

const PATIENCE_MS = 5000;

export async function examineNetwork(services: Services, settings: Settings): Promise<Finding[]> {
  const proxies = Object.entries(services.env).filter(
    ([name, value]) => /^(https?|all|no)_proxy$/i.test(name) && value,
  );
  const about = [
    ...proxies.map(([name, value]) => finding(name, redactUrl(value as string))),
    ...settings.mirrors.map(tellMirror),
    ...settings.tokens.map((rule) => tellToken(rule, services.env)),
    ...(await examineNetrc(services)),
  ];
  if (settings.offline) return [...about, finding('hosts', 'not asked: offline')];
  try {
    const urls = await addresses(services, settings);
    await using http = createHttp({ env: services.env, timeouts: { connectMs: PATIENCE_MS, stallMs: PATIENCE_MS } });
    const ask = async ([name, url]: [string, string]): Promise<Finding> => {
      try {
        const signal = AbortSignal.any([services.signal, AbortSignal.timeout(PATIENCE_MS)]);
        // Any answer will do, and an index can be a list of all there is.
        const answer = await http.request({ url, method: 'HEAD', signal });
        await answer.discard();
        return finding(name, `${redactUrl(url)} answers`);
      } catch (error) {
        services.signal.throwIfAborted();
        const why = isFailure(error) ? error.message : `no answer from ${redactUrl(url)} in ${PATIENCE_MS / 1000} s`;
        return finding(name, why, 'Check the network, the proxy variables, and the configuration of the client');
      }
    };
    return [...about, ...(await Promise.all(urls.map(ask)))];
  } catch (error) {
    return [...about, ...problemsOf('network', 'hosts', error)];
  }
}

function tellMirror({ prefix, places, opensUpstream }: Mirror): Finding {
  const order = [...places.map((place) => `${redactUrl(place)}/`), ...(opensUpstream ? ['itself'] : [])];
  return finding('mirror', `${prefix}/ → ${order.join(', ')}`);
}

function tellToken({ prefix, variable }: TokenRule, env: Services['env']): Finding {
  return env[variable]
    ? finding('token', `${prefix}/ gets ${variable}`)
    : finding('token', `${prefix}/ would get ${variable}, which is not set`, `Set ${variable}, or remove the rule`);
}

async function examineNetrc({ env, files }: Services): Promise<Finding[]> {
  const file = netrcFile(env);
  const stat = file === undefined ? undefined : await unlessMissing(files.statTarget(file));
  if (file === undefined || stat === undefined) return [];
  const isOpen = (stat.mode & 0o077) !== 0;
  return [isOpen ? finding('netrc', `${file} can be read by others`, `Run chmod 600 ${file}`) : finding('netrc', file)];
}

/** Name → address, for all that the lock file has fetched from. */
async function addresses({ env, files, platform }: Services, { manifest }: Settings): Promise<[string, string][]> {
  if (manifest === undefined) return [];
  const projectDir = path.dirname(manifest);
  const lock = (await files.findText(path.join(projectDir, 'galley.lock'))) ?? '';
  const options = { files, env, projectDir };
  const found: [string, string][] = [];
  if (lock.includes('"npm:')) found.push(['npm', (await readNpmConfig(options)).registryOf(undefined)]);
  if (lock.includes('"crates:')) {
    const registry = await readCrateRegistry(options);
    if ('index' in registry) found.push(['crates', registry.index]);
  }
  if (lock.includes('"pypi:')) {
    for (const { url } of await readPipIndexes({ files, env, os: platform.os })) found.push(['pypi', url]);
  }
  const origins = [...lock.matchAll(/"(https?:\/\/[^/"]+)\//g)].map(([, origin = '']) => origin);
  for (const origin of new Set(origins)) {
    // Who reads the lock file for real says what is wrong in it.
    const url = URL.parse(origin);
    if (url) found.push([url.host, `${origin}/`]);
  }
  return found;
}
