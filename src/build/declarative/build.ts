// A declarative build from its fields to its end: look, plan, carry out. What is to be installed stays a plan until its
// phase.
import type { DeclarativeBuild } from '../../model/declarative.ts';
import type { Call } from '../call.ts';
import { carryOut } from './carry-out.ts';
import { driverOf } from './drivers.ts';
import { gatherFacts } from './facts.ts';
import { demandLandmarks } from './landmark.ts';
import { demandInstalled } from './placing.ts';
import type { Plan } from './plan.ts';

/**
 * Runs the build commands.
 *
 * @returns the whole plan, for the install
 */
export async function buildDeclared(build: DeclarativeBuild, call: Call): Promise<Plan> {
  const driver = driverOf(build);
  await demandLandmarks(driver, build, call);
  const plan = driver.plan(build, await gatherFacts(driver.directory(build), call));
  await carryOut(plan.build, call);
  return plan;
}

/** Runs the tool's own install into install_dir; answers when something is there. */
export async function installDeclared(plan: Plan, call: Call): Promise<void> {
  await demandInstalled(call, () => carryOut(plan.install, call));
}
