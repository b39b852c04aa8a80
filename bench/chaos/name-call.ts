/** The services that the app calls. */
export type Service = 'defender' | 'blob' | 'table';

/**
 * What a call of the app does, as far as it is worth being killed at: at Defender a start, an upload to the library, a
 * list of actions, a request for a link; in the package a staged block, a commit, a text, a custody line of its own; a
 * ticket written and removed; in the table a transaction, a row inserted, and a write to the quota of live responses, to a
 * machine's lane, and to the index of open collections.
 */
export type CallName =
  | 'start'
  | 'upload'
  | 'list actions'
  | 'link'
  | 'block'
  | 'commit'
  | 'text'
  | 'custody line'
  | 'ticket'
  | 'ticket done'
  | 'save'
  | 'insert'
  | 'quota'
  | 'lane'
  | 'index'
  | 'other';

/** A request as it goes by: `path` still encoded, `query` without its question mark. */
export interface Request {
  readonly service: Service;
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

/** Names a call by its request line. */
export function nameCall(request: Request): CallName {
  switch (request.service) {
    case 'defender':
      return nameDefenderCall(request);
    case 'blob':
      return nameBlobCall(request);
    case 'table':
      return nameTableCall(request);
    default: {
      const unknown: never = request.service;
      throw new Error(`Unknown service ${String(unknown)}.`);
    }
  }
}

function nameDefenderCall({ method, path }: Request): CallName {
  if (method === 'POST' && /\/runliveresponse$/i.test(path)) return 'start';
  if (method === 'POST' && /\/libraryfiles$/i.test(path)) return 'upload';
  if (/\/GetLiveResponseResultDownloadLink/i.test(path)) return 'link';
  return method === 'GET' && /\/machineactions$/i.test(path) ? 'list actions' : 'other';
}

function nameBlobCall({ method, path, query }: Request): CallName {
  const container = readBlobPath(path)?.split('/')[0];
  if (container === 'tickets') return method === 'PUT' ? 'ticket' : method === 'DELETE' ? 'ticket done' : 'other';
  if (method !== 'PUT' || query.includes('restype=')) return 'other';
  if (container === 'custody') return 'custody line';
  if (container !== 'evidence') return 'other';
  const comp = new URLSearchParams(query).get('comp');
  if (comp === 'block') return 'block';
  return comp === 'blocklist' ? 'commit' : comp === null ? 'text' : 'other';
}

function nameTableCall({ method, path }: Request): CallName {
  if (method === 'POST') return path.endsWith('/$batch') ? 'save' : path.endsWith('/Tables') ? 'other' : 'insert';
  if (method === 'GET') return 'other';
  const [, partition, row] = /\(PartitionKey='([^']*)',RowKey='([^']*)'/.exec(decodeURIComponent(path)) ?? [];
  if (partition === 'quota') return row === 'live response' ? 'quota' : 'other';
  if (partition === 'lane') return 'lane';
  return partition === 'open' ? 'index' : 'other';
}

/** Container and name of a blob in the emulator's form of URL, which begins with the account; null where there is none. */
export function readBlobPath(path: string): string | null {
  const found = /^\/[^/]+\/([^/]+\/.+)$/.exec(path)?.[1];
  return found === undefined ? null : decodeURIComponent(found);
}
