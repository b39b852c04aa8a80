import { type Alert, readSeverity } from '../domain/alert.ts';
import type { Api } from './call-endpoint.ts';
import { type Found, getOne } from './get-one.ts';
import { idInPath } from './ids.ts';
import { readBody } from './read-body.ts';
import { readRelatedFiles } from './related-files.ts';
import { AlertBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** Looks an alert up; its files come from its evidence (Defender: get alert information by id). */
export async function getAlert(api: Api, alertId: string, options?: CallOptions): Promise<Found<'alert', Alert>> {
  const endpoint = 'get alert';
  const found = await getOne(api, endpoint, `/api/alerts/${idInPath(endpoint, 'alert', alertId)}`, options);
  if (found === null) return { outcome: 'not found' };
  const body = readBody(AlertBody, found.json, endpoint, found.status);
  const alert: Alert = {
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
  };
  return { outcome: 'found', alert, raw: found.text };
}
