import { watchTable } from './along-the-table.ts';
import { watchReasons } from './ends-as-sealed.ts';
import { watchEvidence } from './evidence-stands.ts';
import { watchLost } from './never-lost.ts';
import { watchGivenUp } from './not-given-up.ts';
import { watchTwice } from './never-twice.ts';
import { watchSecrets } from './no-secrets.ts';
import { watchPackages } from './package-verifies.ts';
import { watchSwitch } from './stops-when-told.ts';
import { watchTickets } from './tickets-written.ts';
import { watchWaits } from './waits-as-told.ts';
import type { Scene, Witness } from './witness.ts';
import { watchQuota } from './within-quota.ts';

/** All witnesses of a run. */
export function callWitnesses(scene: Scene): readonly Witness[] {
  const watches = [
    watchTwice,
    watchQuota,
    watchTable,
    watchReasons,
    watchEvidence,
    watchPackages,
    watchSwitch,
    watchWaits,
    watchSecrets,
    watchTickets,
    watchGivenUp,
    watchLost,
  ];
  return watches.map((watch) => watch(scene));
}
