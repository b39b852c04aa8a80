import type { Watcher } from './passage.ts';
import type { Aim, InstanceName } from './plan-strikes.ts';

/** What stands between the passages of the apps and a kill: the aim that waits for its call. */
export interface Aiming {
  /** The watcher for the passages of that app. */
  readonly watch: (name: InstanceName) => Watcher;
  /** Waits for the call of an aim; `hit` is told whose it was in the very moment of it, or as much later as the aim says. */
  readonly arm: (aim: Aim, hit: (name: InstanceName) => void) => void;
  readonly disarm: () => void;
}

/** Makes the aiming of a run. A call that was refused has had no effect to lose, so that none `after` it is counted. */
export function takeAim(): Aiming {
  let armed: { readonly aim: Aim; readonly hit: (name: InstanceName) => void; left: number } | null = null;

  const meet = (name: InstanceName, at: 'before' | 'after', call: string): 'met' | 'not met' => {
    if (armed === null || armed.aim.at === 'time' || armed.aim.at !== at || armed.aim.call !== call) return 'not met';
    armed.left -= 1;
    if (armed.left >= 0) return 'not met';
    const { hit, aim } = armed;
    armed = null;
    if (aim.lagMs === 0) hit(name);
    else setTimeout(hit, aim.lagMs, name);
    return 'met';
  };
  return {
    watch: (name) => ({
      onArrival: ({ call }) => (meet(name, 'before', call) === 'met' ? 'cut off' : 'let by'),
      onAnswer: ({ call }, { status }) => {
        if (status < 300) meet(name, 'after', call);
      },
    }),
    arm: (aim, hit) => {
      armed = { aim, hit, left: aim.at === 'time' ? 0 : aim.skip };
    },
    disarm: () => {
      armed = null;
    },
  };
}
