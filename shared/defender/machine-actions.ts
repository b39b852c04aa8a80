import type { MachineAction } from '../domain/machine-action.ts';
import type { Api } from './call-endpoint.ts';
import type { DefenderError } from './errors.ts';
import { getOne } from './get-one.ts';
import { checkId, idInPath } from './ids.ts';
import { filtered, quote, writeTime } from './odata.ts';
import { readAction } from './read-action.ts';
import { expectRows, readPages } from './read-pages.ts';
import { expectSuccess, isNotFound } from './reply.ts';
import type { CallOptions } from './send.ts';

/** Which machine actions to list: all conditions hold; `createdFrom` is ISO 8601. */
export interface ActionFilter {
  readonly ids?: readonly string[];
  readonly machineId?: string;
  readonly createdFrom?: string;
}

/** What became of asking Defender to cancel a machine action; only a later look tells whether it ended. */
export type CancelOutcome =
  | { readonly outcome: 'asked'; readonly action: MachineAction }
  | { readonly outcome: 'already final'; readonly reason: string }
  | { readonly outcome: 'not found' };

const PATH = '/api/machineactions';
const LONGEST_URL = 6_000;

/** Lists machine actions; many ids are asked for in as few calls as URLs under 6,000 characters allow (Defender: list machineActions). */
export async function listActions(
  api: Api,
  filter: ActionFilter,
  options?: CallOptions,
): Promise<readonly MachineAction[]> {
  const endpoint = 'list machine actions';
  const actions: MachineAction[] = [];
  for (const path of writePaths(api, filter)) {
    const { rows, status } = expectRows(await readPages(api, endpoint, path, options));
    actions.push(...rows.map((row) => readAction(row, endpoint, status)));
  }
  return actions;
}

/** Looks a machine action up; for up to two minutes after its start Defender may not know it (Defender: get machineAction). */
export async function getAction(
  api: Api,
  actionId: string,
  options?: CallOptions,
): Promise<{ readonly outcome: 'found'; readonly action: MachineAction } | { readonly outcome: 'not found' }> {
  const endpoint = 'get machine action';
  const found = await getOne(api, endpoint, `${PATH}/${idInPath(endpoint, 'machine action', actionId)}`, options);
  if (found === null) return { outcome: 'not found' };
  return { outcome: 'found', action: readAction(found.json, endpoint, found.status) };
}

/** Codes that speak of the request and not of the action. */
const REQUEST_FAULTS: readonly string[] = ['InvalidRequestBody', 'MissingRequiredParameter'];

/**
 * Asks Defender to cancel a machine action; that one which has ended is answered with 400 is not documented, so every
 * 400 or 409 is taken as that unless it speaks of the request (Defender: cancel machine action).
 */
export async function cancelAction(
  api: Api,
  actionId: string,
  comment: string,
  options?: CallOptions,
): Promise<CancelOutcome> {
  const endpoint = 'cancel machine action';
  const url = api.url(`${PATH}/${idInPath(endpoint, 'machine action', actionId)}/cancel`);
  const body = JSON.stringify({ Comment: comment });
  const reply = await api.call({ endpoint, method: 'POST', url, body, brings: 'JSON' }, options);
  if (isNotFound(reply)) return { outcome: 'not found' };
  if (reply.reply === 'failure' && isFinalWord(reply.error)) {
    return { outcome: 'already final', reason: reply.error.message };
  }
  const { json, status } = expectSuccess(reply);
  return { outcome: 'asked', action: readAction(json, endpoint, status, 'unknown') };
}

function isFinalWord({ status, code }: DefenderError): boolean {
  return (status === 400 && !REQUEST_FAULTS.includes(code)) || status === 409;
}

function writePaths(api: Api, { ids, machineId, createdFrom }: ActionFilter): readonly string[] {
  const endpoint = 'list machine actions';
  const conditions: string[] = [];
  if (machineId !== undefined) conditions.push(`machineId eq ${quote(checkId(endpoint, 'machine', machineId))}`);
  if (createdFrom !== undefined)
    conditions.push(`creationDateTimeUtc ge ${writeTime(endpoint, 'createdFrom', createdFrom)}`);
  if (ids === undefined) return [conditions.length === 0 ? PATH : filtered(PATH, conditions.join(' and '))];
  const write = (chunk: readonly string[]): string =>
    filtered(PATH, [`id in (${chunk.map(quote).join(',')})`, ...conditions].join(' and '));

  const paths: string[] = [];
  let chunk: string[] = [];
  for (const id of new Set(ids)) {
    const longer = [...chunk, checkId(endpoint, 'machine action', id)];
    if (chunk.length > 0 && api.url(write(longer)).href.length >= LONGEST_URL) {
      paths.push(write(chunk));
      chunk = [id];
    } else {
      chunk = longer;
    }
  }
  return chunk.length === 0 ? paths : [...paths, write(chunk)];
}
