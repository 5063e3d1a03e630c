// What git's complaint means: who has to act, and whether trying again may help.
import { Failure, type FailureDetail } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import { stripControl } from '../system/terminal.ts';

interface Meaning {
  /** In the words of git 2.x in English. */
  says: RegExp;
  reason: string;
  detail: Pick<FailureDetail, 'hint' | 'transient'>;
  code?: 'SOURCE_NOT_FOUND';
}

const LOGIN_HINT =
  'Check that git ls-remote works for it without questions: a credential helper, a token, or a key in the ssh agent';

const KNOWN_HOSTS_HINT =
  'Compare the fingerprint that its owner publishes with that of "ssh-keyscan <host>", and add the key to ~/.ssh/known_hosts';

/** The first that fits counts: git ends many complaints with "the remote end hung up unexpectedly". */
const MEANINGS: readonly Meaning[] = [
  {
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    reason: 'the server has another key than before, so it is another one or somebody is in between',
    detail: { hint: KNOWN_HOSTS_HINT },
  },
  {
    says: /Host key verification failed|No \S+ host key is known/,
    reason: 'nobody on this machine knows the key of the server',
    detail: { hint: KNOWN_HOSTS_HINT },
  },
  {
    says: /SSL: certificate|SSL certificate|certificate verif/i,
    reason: 'its certificate is not to be trusted',
    detail: {
      hint: 'Name the file with the authorities of your company in SSL_CERT_FILE, or in http.sslCAInfo of your git configuration',
    },
  },
  {
    says: /could not read (?:Username|Password)|Authentication failed|Permission denied|returned error: 40[13]|terminal prompts disabled/i,
    reason: 'the server wants to know who we are',
    detail: { hint: LOGIN_HINT },
  },
  {
    says: /repository '.*' not found|Repository not found|does not appear to be a git repository|returned error: 404|does not exist|project you were looking for could not be found/i,
    reason: 'there is no such repository, or not for us',
    detail: { hint: 'Check the address; servers that want a login often say the same' },
    code: 'SOURCE_NOT_FOUND',
  },
  {
    says: /dubious ownership/i,
    reason: 'the repository belongs to somebody else',
    detail: { hint: 'Add it to safe.directory in your git configuration when you trust it' },
  },
  {
    says: /repository corruption on the remote side/,
    reason: 'the repository is damaged',
    detail: { hint: 'Ask whoever keeps it to run git fsck' },
  },
  {
    says: /Could not resolve host|Connection (?:timed out|refused|reset)|Failed to connect|Connection closed by|Operation (?:timed out|too slow)|returned error: (?:408|429|5\d\d)|early EOF|RPC failed|unexpected disconnect|hung up unexpectedly|bytes of body are still expected|Empty reply|transfer closed|Broken pipe/i,
    reason: 'the connection failed',
    detail: { transient: true },
  },
];

/** Servers that hand out only what a name leads to say so in one of these ways. */
const REFUSES_COMMIT =
  /unadvertised object|not our ref|does not support shallow|no such remote ref|couldn't find remote ref|Server does not support/i;

/** The fact that tells: the server might still hand the commit out with all that leads to it. */
export const COMMIT_REFUSED = 'commit-refused';

export function gitFailure(url: string, complaint: string): Failure {
  const shown = redactUrl(url);
  const last = lastWords(complaint);
  const facts = { url: shown, output: last };
  const what = `Cannot fetch "${shown}"`;
  if (REFUSES_COMMIT.test(complaint)) {
    return new Failure('FETCH_FAILED', `${what}: the server does not hand out this commit`, {
      facts: { ...facts, reason: COMMIT_REFUSED },
    });
  }
  const meaning = MEANINGS.find(({ says }) => says.test(complaint));
  // Behind the words of ssh, git says only that it could not read.
  const said = last.find((line) => meaning?.says.test(line)) ?? last.at(-1) ?? 'git says nothing';
  if (meaning === undefined) return new Failure('FETCH_FAILED', `${what}: ${said}`, { facts });
  const { code = 'FETCH_FAILED', reason, detail } = meaning;
  return new Failure(code, `${what}: ${reason} (${said})`, { ...detail, facts });
}

/** What git, the server and ssh begin the lines with that matter. */
const TELLING =
  /^(?:fatal|error|remote|ssh|ERROR|Host key|No \S+ host key|Connection closed|\S+@\S+: Permission denied|Permission denied)/;

/** The lines that say something, without git's own prefix and without secrets. */
function lastWords(complaint: string): string[] {
  const lines = complaint.split(/[\r\n]+/).map((line) => redactUrl(stripControl(line)).trim());
  const telling = lines.filter((line) => TELLING.test(line));
  const fatal = (telling.length > 0 ? telling : lines.filter(Boolean)).slice(-5);
  return fatal.map((line) => line.replace(/^(?:fatal|error): /, ''));
}
