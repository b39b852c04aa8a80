import { type Announcement, announceEnded, announceMismatch, announceStarted } from '../domain/announcement.ts';
import { type Collection, stageOf } from '../domain/collection.ts';
import { announceByComment } from './announce-comment.ts';
import type { Ports } from './ports.ts';

/** After so long what could not be told is given up, so that a topic that is gone keeps no collection open for ever. */
const GIVE_UP_MS = 24 * 3_600_000;

/** Whether others were told all there is to tell, or have to be told later. */
export type Announcing = 'told' | 'later';

/**
 * Tells others of a collection that ended: events to the topic, and the comment on its alert. What is to be told follows
 * from the collection itself and its custody log, and it is in the index of open ones until all of it was told: so each
 * event is told at least once, whatever is cut short, and the poll is who tells it again. A fault here is no one else's.
 */
export async function announceEnd(ports: Ports, collection: Collection): Promise<Announcing> {
  const { events, comments } = ports.announcer;
  if (events === 'not published' && comments === 'not written') return 'told';
  try {
    if (events === 'published')
      for (const announcement of await listDue(ports, collection)) await publishOnce(ports, announcement);
    if (comments === 'not written') return 'told';
    const commented = await announceByComment(ports, collection);
    return commented === 'told' ? 'told' : judgeWait(ports, collection, 'comment');
  } catch (fault) {
    const { code } = ports.explain(fault);
    ports.log({ event: 'fault', at: 'announce', collection: collection.id, code });
    return judgeWait(ports, collection, code);
  }
}

/** Tells others that a collection's first live response was started; what cannot be told now is told before its end is. */
export async function announceStart(ports: Ports, collection: Collection): Promise<void> {
  if (ports.announcer.events === 'not published' || collection.status !== 'running') return;
  try {
    // Asked at each look at a running collection, and nearly always told already.
    const { id } = announceStarted(collection, collection.startedAt);
    if ((await ports.announcer.read(id)).telling === 'told') return;
    const at = (await findStart(ports, collection.id)) ?? collection.startedAt;
    await publishOnce(ports, announceStarted(collection, at));
  } catch (fault) {
    ports.log({ event: 'fault', at: 'announce', collection: collection.id, code: ports.explain(fault).code });
  }
}

async function publishOnce({ announcer, now, log }: Ports, announcement: Announcement): Promise<void> {
  if ((await announcer.read(announcement.id)).telling === 'told') return;
  await announcer.publish(announcement);
  await announcer.noteTold(announcement.id, now().toISOString());
  log({ event: 'announced', collection: announcement.collectionId, type: announcement.type });
}

async function listDue(ports: Ports, collection: Collection): Promise<readonly Announcement[]> {
  const startedAt = await findStart(ports, collection.id);
  const started = startedAt === null ? null : announceStarted(collection, startedAt);
  return [started, announceEnded(collection), announceMismatch(collection)].filter((due) => due !== null);
}

/** When the first live response of a collection was started, as its custody log says; null when none was. */
async function findStart(ports: Ports, collectionId: string): Promise<string | null> {
  for (const line of await ports.collections.readCustody(collectionId)) {
    const { event, at } = JSON.parse(line) as { readonly event: string; readonly at: string };
    if (event === 'started' || event === 'adopted') return at;
  }
  return null;
}

function judgeWait(ports: Ports, collection: Collection, code: string): Announcing {
  const endedAt = stageOf(collection.status) === 'ended' && 'endedAt' in collection ? collection.endedAt : null;
  if (endedAt === null || ports.now().getTime() - Date.parse(endedAt) < GIVE_UP_MS) return 'later';
  ports.log({ event: 'announcement given up', collection: collection.id, code });
  return 'told';
}
