import { type Collection, stageOf } from '../domain/collection.ts';
import { COLLECTION_ID } from '../domain/identity.ts';
import { problem, type Reply } from './reply.ts';

/** The id of a route when it is one of a collection, else null. */
export function readCollectionId(id: string | undefined): string | null {
  return id !== undefined && COLLECTION_ID.test(id) ? id : null;
}

/** The collection that a route's id names, null when it is no id or nothing has it. */
export async function findCollection(
  load: (id: string) => Promise<{ readonly collection: Collection } | null>,
  id: string | undefined,
): Promise<Collection | null> {
  if (id === undefined || !COLLECTION_ID.test(id)) return null;
  return (await load(id))?.collection ?? null;
}

/** The answer where no collection has the id. */
export function noSuchCollection(): Reply {
  return problem(
    'not-found',
    'No collection has this id. GET /api/collections lists those there are; POST /api/alerts answers with the ids of an alert.',
  );
}

/** Why a collection has no report: it is not sealed yet, or there is nothing to report. */
export function explainNoReport(collection: Collection): string {
  if (stageOf(collection.status) === 'open')
    return `The collection is ${collection.status}; its report is written when it is sealed. Ask again later.`;
  const why = collection.reason ?? 'No reason is known.';
  return `The collection ended as ${collection.status} and has no package. ${why} GET the collection itself for all that is known.`;
}
