import type * as z from 'zod';
import { type Alert, readSeverity, type Severity } from '../domain/alert.ts';
import type { Api } from './call-endpoint.ts';
import { describeUnreadable } from './describe-failure.ts';
import { refuseArgument } from './errors.ts';
import { type Found, getOne } from './get-one.ts';
import { idInPath } from './ids.ts';
import { filtered, quote, writeTime } from './odata.ts';
import { readBody } from './read-body.ts';
import { expectRows, readPages } from './read-pages.ts';
import { readRelatedFiles, readTraces } from './related-files.ts';
import { AlertBody, ListedAlertBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** Statuses of an alert, in Defender's casing (Defender: alert resource, `status`). */
export const ALERT_STATUSES = ['Unknown', 'New', 'InProgress', 'Resolved'] as const;

/** One status of an alert. */
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** An alert of a list; `updatedAt` is ISO 8601, by Defender's clock. */
export interface ListedAlert {
  readonly alert: Alert;
  readonly status: AlertStatus;
  readonly updatedAt: string | null;
}

/** Which alerts to list: all conditions hold, of severities and statuses any one; times are ISO 8601. */
export interface AlertFilter {
  /** Inclusive. */
  readonly updatedFrom: string;
  /** Exclusive; without it there is no end. */
  readonly updatedBefore?: string;
  readonly severities?: readonly Severity[];
  readonly statuses?: readonly AlertStatus[];
  /** How many alerts one answer may hold, 1 to 10,000; the whole list is read whatever it is. */
  readonly alertsPerCall?: number;
  /** The list ends with the answer that brings so many, though there may be more. */
  readonly atMost?: number;
}

const PATH = '/api/alerts';
const MOST_PER_CALL = 10_000;
/** With their evidence some KB each: well within what is read as one answer. */
const ALERTS_PER_CALL = 500;

/** Looks an alert up; its files come from its evidence (Defender: get alert information by id). */
export async function getAlert(api: Api, alertId: string, options?: CallOptions): Promise<Found<'alert', Alert>> {
  const endpoint = 'get alert';
  const found = await getOne(api, endpoint, `${PATH}/${idInPath(endpoint, 'alert', alertId)}`, options);
  if (found === null) return { outcome: 'not found' };
  const alert = readAlert(readBody(AlertBody, found.json, endpoint, found.status));
  return { outcome: 'found', alert, raw: found.text };
}

/**
 * Lists the alerts that were updated since a time, each once, in no particular order. An alert that is updated while the
 * list is read may be missing: it is in a list from the time at which this one began (Defender: list alerts).
 */
export async function listAlerts(
  api: Api,
  filter: AlertFilter,
  options?: CallOptions,
): Promise<readonly ListedAlert[]> {
  const endpoint = 'list alerts';
  const perCall = checkPerCall(filter.alertsPerCall ?? ALERTS_PER_CALL);
  const condition = writeCondition(filter);
  const found = new Map<string, ListedAlert>();
  // Whether $top ends the list or only an answer is not documented; asking on while answers are full is right for both.
  for (let skip = 0; condition !== null; ) {
    const others = { $expand: 'evidence', $top: `${perCall}`, ...(skip === 0 ? {} : { $skip: `${skip}` }) };
    const { rows, status } = expectRows(await readPages(api, endpoint, filtered(PATH, condition, others), options));
    const known = found.size;
    for (const row of rows) {
      const listed = readListed(readBody(ListedAlertBody, row, endpoint, status));
      found.set(listed.alert.id, listed);
    }
    if (rows.length < perCall || found.size >= (filter.atMost ?? Number.POSITIVE_INFINITY)) break;
    if (found.size === known) {
      const why = 'repeats its alerts in place of going on';
      throw describeUnreadable({ endpoint, retryAfterMs: null, effect: 'none' }, status, why);
    }
    skip += rows.length;
  }
  return [...found.values()];
}

/** The `$filter`; null when no alert can meet it, as a list of severities or statuses is empty. */
function writeCondition({ updatedFrom, updatedBefore, severities, statuses }: AlertFilter): string | null {
  const conditions = [`lastUpdateTime ge ${writeTime('list alerts', 'updatedFrom', updatedFrom)}`];
  if (updatedBefore !== undefined)
    conditions.push(`lastUpdateTime lt ${writeTime('list alerts', 'updatedBefore', updatedBefore)}`);
  for (const [field, values] of [
    ['severity', severities],
    ['status', statuses],
  ] as const) {
    if (values?.length === 0) return null;
    if (values !== undefined) conditions.push(`(${values.map((value) => `${field} eq ${quote(value)}`).join(' or ')})`);
  }
  return conditions.join(' and ');
}

function checkPerCall(count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_PER_CALL) return count;
  const message = `'list alerts' was not sent: \`alertsPerCall\` is a whole number from 1 to ${MOST_PER_CALL}.`;
  throw refuseArgument('list alerts', 'InvalidArgument', message);
}

function readListed(body: z.infer<typeof ListedAlertBody>): ListedAlert {
  const wanted = body.status?.toLowerCase();
  const status = ALERT_STATUSES.find((known) => known.toLowerCase() === wanted) ?? 'Unknown';
  return { alert: readAlert(body), status, updatedAt: body.lastUpdateTime };
}

/** An alert in the shape in which Defender answers it, as far as planning and the record need it. */
export function readAlert(body: z.infer<typeof AlertBody>): Alert {
  const traces = readTraces(body.evidence);
  return {
    id: body.id,
    incidentId: body.incidentId,
    tenantId: body.aadTenantId,
    machineId: body.machineId,
    severity: readSeverity(body.severity),
    title: body.title ?? '',
    category: body.category ?? '',
    detectionSource: body.detectionSource ?? '',
    createdAt: body.alertCreationTime,
    files: readRelatedFiles(body.evidence),
    ...(traces.length === 0 ? {} : { traces }),
  };
}
