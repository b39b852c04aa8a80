import { RestError, type TableClient } from '@azure/data-tables';
import type { ContainerClient } from '@azure/storage-blob';
import { connectBlobs } from '../memory/container-on-blobs.ts';
import type { MemoryBlobs } from '../memory/memory-blobs.ts';
import type { MemoryRows } from '../memory/memory-rows.ts';
import { connectRows } from '../memory/table-on-rows.ts';
import { PLANTED_SECRET } from './defender/played-content.ts';
import type { Service, StrikeKind } from './scenario.ts';
import type { Life, Wire } from './wire.ts';

/** The services whose blobs are in memory. */
export type BlobsOf = Extract<Service, 'tickets' | 'evidence' | 'custody'>;

interface Caller {
  readonly wire: Wire;
  readonly life: Life;
}

const READ: readonly StrikeKind[] = ['crash before', 'lost answer', 'freeze'];
const WRITE: readonly StrikeKind[] = [
  'crash before',
  'crash after',
  'lost answer',
  'late effect',
  'refused',
  'repeated',
  'freeze',
];

/** The partitions that have a name of their own; every other one is a collection's. */
const NAMED = ['open', 'quota', 'lane', 'turn', 'control', 'pair', 'operation', 'received', 'heartbeat', 'set-aside'];

/** A table whose every call goes over the wire of an instance. */
export function callTable({ wire, life }: Caller, rows: MemoryRows, serviceNow: () => Date): TableClient {
  return connectRows(rows, serviceNow, ({ kind, name, partition }, effect) =>
    wire.pass(life, {
      service: 'tables',
      name: `${name} ${NAMED.includes(partition) ? partition : 'collection'}`,
      detail: NAMED.includes(partition) ? '' : partition.slice(0, 6),
      longestMs: 40,
      strikes: kind === 'read' ? READ : WRITE,
      effect,
      ifLost: throwLost,
      ifRefused: throwAway,
    }),
  );
}

/** A container whose every call goes over the wire of an instance. */
export function callBlobs({ wire, life }: Caller, service: BlobsOf, blobs: MemoryBlobs): ContainerClient {
  return connectBlobs(blobs, ({ kind, name, blob }, effect) =>
    wire.pass(life, {
      service,
      name: `${name} ${service}`,
      detail: `${blob.slice(0, 6)} ${blob.slice(blob.indexOf('/') + 1)}`,
      longestMs: 120,
      turns: 1,
      strikes: kind === 'read' ? READ : WRITE,
      effect,
      ifLost: throwLost,
      ifRefused: throwAway,
    }),
  );
}

function throwAway(): never {
  throw new RestError(`https://x.blob.core.windows.net/?sig=${PLANTED_SECRET} is busy`, {
    statusCode: 503,
    code: 'ServerBusy',
  });
}

function throwLost(): never {
  throw new RestError(`read ECONNRESET https://x.blob.core.windows.net/?sig=${PLANTED_SECRET}`, { code: 'ECONNRESET' });
}
