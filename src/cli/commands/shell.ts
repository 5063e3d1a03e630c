// `galley shell`: the person's own shell with the products of the project, or with `--in` a plain one where the commands
// of a package worked, with exactly what they had.
import type { Services } from '../../build/services.ts';
import type { Workplace } from '../../build/workplace.ts';
import { narrow } from '../../model/graph-part.ts';
import type { Run } from '../answer.ts';
import { becomeInProject } from '../become.ts';
import { openProject } from '../open-project.ts';

export const run: Run = async (services, { settings, args, flags }) => {
  const query = flags.in;
  if (typeof query !== 'string') {
    const shell = services.env.SHELL || '/bin/sh';
    return await becomeInProject(services, settings, args.length > 0 ? args : [shell]);
  }
  const session = await openProject(services, settings);
  if (settings.dryRun) {
    const place = narrow(await session.graph(), [query]).roots.map(({ name }) => name);
    say(services, `Would make what ${place.join(', ')} depends on, and open its place`);
    return { status: 0 };
  }
  const { cwd, env, leave, ...place } = await session.openWorkplace(query);
  const plain = plainShell(place.label);
  if (args.length === 0) for (const text of describe(place, env)) say(services, text);
  const become = args.length > 0 ? { argv: args, cwd, env } : { argv: plain.argv, cwd, env: { ...env, ...plain.env } };
  return { status: 0, become: { ...become, afterwards: leave } };
};

/** Start-up files would change what the commands had. */
function plainShell(label: string): { argv: string[]; env: Record<string, string> } {
  return { argv: ['bash', '--noprofile', '--norc', '-i'], env: { PS1: `${label} \\W\\$ `, HISTFILE: '/dev/null' } };
}

function describe({ label, state }: Pick<Workplace, 'label' | 'state'>, env: Record<string, string>): string[] {
  if (state === 'finished') {
    return [
      `${label} is finished: its asset is ${env.GALLEY_ASSET_DIR}`,
      'This place is empty and goes when you leave; the environment is that of its install',
    ];
  }
  if (state === 'user-managed') {
    return [
      `${label} leaves no asset: this place is empty and goes when you leave, the environment is that of its install`,
    ];
  }
  return [
    `${label} failed in ${state.failedIn}: this is its work as that left it, with the environment of its commands`,
    '$GALLEY_INSTALL_DIR is empty again, and what you put there goes when you leave; all else stays until the next try',
    'Until then nobody else can build it',
  ];
}

function say({ emit }: Services, text: string): void {
  emit({ type: 'log.message', level: 'info', text });
}
