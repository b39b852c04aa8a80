import type { Collection } from '../domain/collection.ts';
import { markComment, writeComment } from '../domain/comment.ts';
import { appendCustody } from './append-custody.ts';
import type { AnnouncerPort, Ports } from './ports.ts';

/** Whoever began a comment and has not said that it is there is given so long, then it is looked for. */
const PATIENCE_MS = 120_000;

/**
 * Writes the one comment of a collection on its alert. That it begins is stored before it is sent, and whoever finds it
 * begun and not told, as after a lost answer, reads the alert's comments before another is sent.
 */
export async function announceByComment(ports: Ports, collection: Collection): Promise<'told' | 'later'> {
  const { announcer, now } = ports;
  const text = writeComment(collection, announcer.collectionUrl(collection.id));
  if (text === null) return 'told';
  const name = `${collection.id}-comment`;
  const before = await announcer.read(name);
  if (before.telling === 'told') return 'told';
  if (before.telling === 'begun' && now().getTime() - Date.parse(before.at) < PATIENCE_MS) return 'later';
  if ((await announcer.begin(name, before, now().toISOString())) === 'others') return 'later';
  const isThere = before.telling === 'begun' && (await findComment(announcer, collection)) === 'there';
  if (!isThere) {
    const added = await announcer.addComment(collection.alertId, text);
    switch (added.outcome) {
      case 'added':
        break;
      case 'not found':
      case 'refused':
        // Asked again, Defender would say the same.
        ports.log({ event: 'comment refused', collection: collection.id, outcome: added.outcome });
        await announcer.noteTold(name, now().toISOString());
        return 'told';
      case 'not allowed':
      case 'throttled':
      case 'unreachable':
      case 'unknown':
        ports.log({ event: 'comment not written', collection: collection.id, outcome: added.outcome });
        return 'later';
      default: {
        const unknown: never = added.outcome;
        throw new Error(`Unknown outcome ${String(unknown)}.`);
      }
    }
  }
  await appendCustody(ports, collection.id, {
    event: 'commented',
    actor: 'collector',
    detail: { alert: collection.alertId },
  });
  await announcer.noteTold(name, now().toISOString());
  return 'told';
}

async function findComment(announcer: AnnouncerPort, { id, alertId }: Collection): Promise<'there' | 'not there'> {
  const found = await announcer.readComments(alertId);
  if (found.outcome === 'not found') return 'not there';
  return found.comments.some(({ text }) => text.includes(markComment(id))) ? 'there' : 'not there';
}
