import { DEFENDER_ID } from '../domain/alert.ts';
import { COLLECTION_STATUSES, type CollectionStatus } from '../domain/collection.ts';
import type { CollectionQuery } from '../domain/collection-query.ts';

/** A page of the list of collections that is asked for, or what is wrong with the query. */
export type ListQuery =
  | {
      readonly outcome: 'page';
      readonly limit: number;
      readonly from: string | null;
      readonly query: CollectionQuery;
    }
  | { readonly outcome: 'wrong'; readonly why: string };

/** The parameters of the list's query. */
export const LIST_PARAMETERS = ['limit', 'from', 'status', 'machine', 'alert', 'incident', 'sha256'] as const;

/** Names parameters in a query. */
interface Query {
  get(name: string): string | null;
  keys(): Iterable<string>;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Reads `limit` (1 to 200), `from` (as the URL in `next` of the page before has it), and the filters, which must all hold. */
export function readListQuery(query: Query): ListQuery {
  const unknown = [...query.keys()].find((name) => !(LIST_PARAMETERS as readonly string[]).includes(name));
  // A filter that is misspelt and left aside would answer with everything.
  if (unknown !== undefined && unknown !== 'code')
    return wrong(`There is no such parameter; use ${LIST_PARAMETERS.join(', ')}.`);
  const given = query.get('limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MAX_LIMIT) return wrong(`limit must be a whole number from 1 to ${MAX_LIMIT}.`);
  const from = query.get('from');
  if (from !== null && !/^\d{13}-[0-9a-f]{32}(?:-r\d{1,3})?$/.test(from))
    return wrong('Follow the URL in next of the page before as it is; from cannot be made up.');
  const statuses = readStatuses(query.get('status'));
  if (statuses === 'wrong') return wrong(`status is one or several of ${COLLECTION_STATUSES.join(', ')}.`);
  const [machine, alert, incident] = [query.get('machine'), query.get('alert'), query.get('incident')];
  if (machine !== null && !/^[0-9a-f]{40}$/i.test(machine))
    return wrong('machine is the id that Defender names it by: 40 hex digits.');
  if (alert !== null && !DEFENDER_ID.test(alert)) return wrong('alert is the id of an alert of Defender.');
  if (incident !== null && !DEFENDER_ID.test(incident)) return wrong('incident is the id of an incident of Defender.');
  const sha256 = query.get('sha256');
  if (sha256 !== null && !/^[0-9a-f]{64}$/i.test(sha256)) return wrong('sha256 is that of a file: 64 hex digits.');
  return {
    outcome: 'page',
    limit,
    from,
    query: {
      statuses,
      machineId: machine?.toLowerCase() ?? null,
      alertId: alert,
      incidentId: incident,
      sha256: sha256?.toLowerCase() ?? null,
    },
  };
}

function wrong(why: string): ListQuery {
  return { outcome: 'wrong', why };
}

function readStatuses(given: string | null): readonly CollectionStatus[] | null | 'wrong' {
  if (given === null) return null;
  const names = given.split(',').map((name) => name.trim());
  const statuses = COLLECTION_STATUSES.filter((status) => names.includes(status));
  return names.every((name) => statuses.some((status) => status === name)) ? statuses : 'wrong';
}
