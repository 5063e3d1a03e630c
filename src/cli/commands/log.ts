// `galley log <query>`: the newest full log of a package.
import type { Run } from '../answer.ts';
import { openProject } from '../open-project.ts';

export const run: Run = async (services, { settings, args, flags }) => {
  const session = await openProject(services, settings);
  const file = await session.findLog(args[0] as string);
  return { status: 0, stdout: flags.path ? file : (await services.files.readText(file)).replace(/\n$/, '') };
};
