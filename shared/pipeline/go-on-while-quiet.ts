import type { Collection } from '../domain/collection.ts';
import { goOn } from './go-on.ts';
import type { Ports } from './ports.ts';

const DOOR_PATIENCE_MS = 2_000;

/**
 * While little is open, a door looks up, plans and dispatches what it has just claimed, so that nobody waits for the next
 * poll. It answers after two seconds at the latest: what is not done by then goes on, and the poll does it if it cannot.
 */
export async function goOnWhileQuiet(ports: Ports, collections: readonly Collection[]): Promise<readonly Collection[]> {
  const [only, ...others] = collections;
  if (only?.status !== 'received' || others.length > 0 || ports.mode === 'off') return collections;
  if ((await ports.quiet.ask()) === 'busy') return collections;
  const going = goOn(ports, only.id).catch((fault: unknown) => {
    ports.log({ event: 'fault', collection: only.id, code: ports.explain(fault).code });
    return null;
  });
  await Promise.race([going, ports.wait(DOOR_PATIENCE_MS)]);
  const loaded = await ports.collections.load(only.id);
  return loaded === null ? collections : [loaded.collection];
}
