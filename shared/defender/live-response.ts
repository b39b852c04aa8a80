import type { StartOutcome } from '../domain/start-outcome.ts';
import type { LinkOutcome } from '../domain/result-link.ts';
import { DEFENDER_ID } from '../domain/alert.ts';
import type { Command } from '../domain/command.ts';
import type { LiveResponseRequest } from '../domain/machine-action.ts';
import { hideLink } from '../domain/result-link.ts';
import type { Api } from './call-endpoint.ts';
import { describeUnreadable } from './describe-failure.ts';
import { DefenderError, refuseArgument } from './errors.ts';
import { idInPath } from './ids.ts';
import { judgeOnce } from './judge-once.ts';
import { readAction } from './read-action.ts';
import { readBody } from './read-body.ts';
import { expectSuccess } from './reply.ts';
import { LinkBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** Starts a live response, sending it once at most; every outcome is a value (Defender: run live response). */
export async function startLiveResponse(
  api: Api,
  request: LiveResponseRequest,
  options?: CallOptions,
): Promise<StartOutcome> {
  const endpoint = 'run live response';
  try {
    const url = api.url(`/api/machines/${idInPath(endpoint, 'machine', request.machineId)}/runliveresponse`);
    const body = JSON.stringify({ Commands: request.commands.map(writeCommand), Comment: request.comment });
    const reply = await api.call({ endpoint, method: 'POST', url, body, brings: 'JSON' }, options);
    const { json, status } = expectSuccess(reply);
    const action = readAction(json, endpoint, status, 'unknown');
    if (!DEFENDER_ID.test(action.id)) {
      const why = "names an action by an id that is none of Defender's";
      throw describeUnreadable({ endpoint, retryAfterMs: null, effect: 'unknown' }, status, why);
    }
    return { outcome: 'started', action };
  } catch (fault) {
    if (fault instanceof DefenderError) return judgeStart(fault);
    throw fault;
  }
}

/** Asks for the link to the result of a command; it is valid for 30 minutes and can be asked for again (Defender: get live response result). */
export async function getResultLink(
  api: Api,
  actionId: string,
  index: number,
  options?: CallOptions,
): Promise<LinkOutcome> {
  const endpoint = 'get result link';
  if (!Number.isInteger(index) || index < 0) {
    const message = `'${endpoint}' was not sent: the index of a command is a whole number from 0.`;
    throw refuseArgument(endpoint, 'InvalidArgument', message);
  }
  const id = idInPath(endpoint, 'machine action', actionId);
  const url = api.url(`/api/machineactions/${id}/GetLiveResponseResultDownloadLink(index=${index})`);
  const reply = await api.call({ endpoint, method: 'GET', url, brings: 'JSON' }, options);
  if (reply.reply === 'failure' && isNoResult(reply.error))
    return { outcome: 'no result', reason: reply.error.message };
  const { json, status } = expectSuccess(reply);
  // Sibling endpoints have been seen to put the link in quotes of its own.
  const value = (readBody(LinkBody, json, endpoint, status).value ?? '').trim().replace(/^"(.*)"$/s, '$1');
  if (value === '')
    return { outcome: 'no result', reason: 'Defender gave no link for this command; ask again once it has completed.' };
  if (!URL.canParse(value)) {
    throw describeUnreadable({ endpoint, retryAfterMs: null, effect: 'none' }, status, 'holds no address');
  }
  return { outcome: 'link', link: hideLink(value) };
}

function isNoResult(error: DefenderError): boolean {
  return (error.status === 400 || error.status === 404) && error.code !== 'UnreadableAnswer';
}

function judgeStart(error: DefenderError): StartOutcome {
  const isBusy = error.code === 'ActiveRequestAlreadyExists' && error.effect === 'none';
  return isBusy ? { outcome: 'busy', reason: error.message } : judgeOnce(error);
}

interface CommandBody {
  readonly type: string;
  readonly params: readonly { readonly key: string; readonly value: string }[];
}

function writeCommand(command: Command): CommandBody {
  switch (command.type) {
    case 'PutFile':
      return { type: 'PutFile', params: [{ key: 'FileName', value: command.fileName }] };
    case 'RunScript': {
      const name = { key: 'ScriptName', value: command.scriptName };
      return { type: 'RunScript', params: command.args === '' ? [name] : [name, { key: 'Args', value: command.args }] };
    }
    case 'GetFile':
      return { type: 'GetFile', params: [{ key: 'Path', value: command.path }] };
    default: {
      const unknown: never = command;
      throw new Error(`Unknown command ${JSON.stringify(unknown)}.`);
    }
  }
}
