import type { Clock } from './clock.ts';
import { errorReply, notFoundReply, type Reply } from './http/reply.ts';
import { writeRetryAfter } from './http/retry-after.ts';
import type { Library } from './library.ts';
import type { Command } from './machine/command.ts';
import { refuseArguments } from './machine/refuse-arguments.ts';
import { type ActionStore, isOpen, type StoredAction } from './machine-action.ts';
import { isHeldByPortal, type PortalSessions } from './machine-states.ts';
import type { Limits, ScenarioMachine, Timings } from './scenario.ts';
import type { Switches } from './switches.ts';

/** What decides whether a live response is accepted. */
export type AdmissionParts = {
  store: ActionStore;
  library: Library;
  portal: PortalSessions;
  limits: Limits;
  timings: Timings;
  switches: Switches;
  tenantId: string;
  clock: Clock;
};

/** Refuses a live response on a machine that cannot have one, is busy, or for which no session is left; undefined if it may start. */
export function refuseSession(
  machine: ScenarioMachine,
  commands: readonly Command[],
  parts: AdmissionParts,
): Reply | undefined {
  const { switches } = parts;
  const { id, osPlatform, mergedIntoMachineId } = machine.entity;
  if (switches.liveResponse === 'off') return errorReply(403, 'DisabledFeature', "Tenant feature isn't enabled");
  if (machine.kind === 'unsupported') return refuseUnsupported(machine.code ?? 'OsPlatformNotSupported', osPlatform);
  if (mergedIntoMachineId !== null && switches.mergedMachine === 'not found') return notFoundReply('Machine', id);
  const unusable = commands.map((command) => refuseCommand(command, parts)).find((why) => why !== undefined);
  if (unusable !== undefined) return errorReply(400, 'InvalidInput', unusable);

  const open = [...parts.store.actions.values()].filter(
    (action) => action.entity.type === 'LiveResponse' && isOpen(action),
  );
  const holders = open.filter((action) => action.entity.machineId === id && !isRaced(action, parts));
  if (holders.length > 0 || isHeldByPortal(machine, parts.portal, parts.clock)) {
    return errorReply(400, 'ActiveRequestAlreadyExists', 'Action is already in progress');
  }
  return open.length < parts.limits.sessions ? undefined : refuseForSessions(parts);
}

/** The guard of one session a machine is racy: a second request right behind the first was seen to pass it. */
function isRaced(holder: StoredAction, { switches, timings, clock }: AdmissionParts): boolean {
  return switches.race === 'accepted' && clock.now() - holder.createdAtMs <= timings.raceMs;
}

function refuseUnsupported(code: 'OsPlatformNotSupported' | 'ClientVersionNotSupported', osPlatform: string): Reply {
  switch (code) {
    case 'OsPlatformNotSupported':
      return errorReply(400, code, `OS Platform ${osPlatform} isn't supported for this action.`);
    case 'ClientVersionNotSupported':
      return errorReply(400, code, 'Live response is supported on client version 10.8040 and above.');
    default:
      return code satisfies never;
  }
}

function refuseCommand(command: Command, { switches, library, limits }: AdmissionParts): string | undefined {
  if (command.type === 'GetFile') return undefined;
  const name = command.type === 'PutFile' ? command.fileName : command.scriptName;
  if (switches.unknownScript === 'refused' && library.find(name) === undefined) {
    return `File ${name} was not found in the library`;
  }
  const refusal = command.type === 'RunScript' ? refuseArguments(command.args, limits, switches) : undefined;
  return refusal?.at === 'request' ? refusal.why : undefined;
}

/** The wording of this refusal is not documented, nor whether it tells a wait. */
function refuseForSessions({ limits, switches, tenantId, clock }: AdmissionParts): Reply {
  switch (switches.sessionsRefusal) {
    case 'without a wait': {
      const message = `Too many requests: the maximum of ${limits.sessions} concurrently running sessions is reached.`;
      return errorReply(429, 'TooManyRequests', message);
    }
    case 'as a quota': {
      const seconds = 30;
      const message = `API calls quota exceeded! Maximum allowed ${limits.sessions} concurrent for the key Destination+TenantID+AppID. You can send requests again in ${seconds} seconds.`;
      const reply = errorReply(429, '429', message, tenantId);
      const wait = writeRetryAfter(seconds, switches.retryAfter, clock.now());
      return { ...reply, headers: { ...reply.headers, ...wait } };
    }
    default:
      return switches.sessionsRefusal satisfies never;
  }
}
