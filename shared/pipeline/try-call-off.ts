import type { EventOf } from '../domain/collection-event.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';

/** Calls one of many off; a fault of it stops none of the others, and is logged by its code. */
export async function tryCallOff(
  ports: Ports,
  id: string,
  event: EventOf<'called off'> | EventOf<'stand down'>,
): Promise<'called off' | 'not wanted' | 'not yet'> {
  try {
    const applied = await applyEvent(ports, id, event);
    return applied.applied === 'moved' ? 'called off' : 'not wanted';
  } catch (fault) {
    ports.log({ event: 'fault', collection: id, code: ports.explain(fault).code });
    return 'not yet';
  }
}
