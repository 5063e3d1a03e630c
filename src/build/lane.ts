// Work of a package that has to wait for a place among the steps of its kind. The stream hears when it has one: between
// the start of a phase and that, nothing happens.
//
// What has begun is finished before something else begins: those who need it can go on, and a run that is cut off leaves
// few packages half made.
import type { LaneName } from '../model/event.ts';
import type { Package } from './package.ts';
import type { Run } from './world.ts';

export function inLane<T>(lane: LaneName, pkg: Package, run: Run, work: () => Promise<T>): Promise<T> {
  const { emit, lanes, signal } = run.world;
  const { hasBegun = false } = pkg;
  const told = async (): Promise<T> => {
    if (lane === 'cpu') pkg.hasBegun = true;
    emit({ type: 'lane.entered', package: pkg.label, lane });
    try {
      return await work();
    } finally {
      emit({ type: 'lane.left', package: pkg.label, lane });
    }
  };
  return lanes.use(lane, told, signal, hasBegun);
}
