import type { Collection } from '../../../shared/domain/collection.ts';
import { NO_CUSTODY } from '../../../shared/domain/custody.ts';

/** A collection as a door opens it. */
export const received: Collection = {
  id: 'c'.repeat(32),
  alertId: 'da1_1',
  incidentId: null,
  tenantId: null,
  machineId: null,
  machineName: null,
  severity: 'Low',
  title: null,
  receivedAt: '2026-11-20T08:00:00.000Z',
  receivedFrom: 'http',
  deadline: '2026-11-23T08:00:00.000Z',
  notBefore: '2026-11-20T08:00:00.000Z',
  tries: 0,
  lostAttempts: [],
  reason: null,
  custody: NO_CUSTODY,
  documents: [],
  results: [],
  retryOf: null,
  calledOff: null,
  silence: null,
  united: [],
  pretenders: [],
  asked: null,
  status: 'received',
};
