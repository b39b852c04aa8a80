import { createHash } from 'node:crypto';
import type { Command } from '../../shared/domain/command.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import { NO_DENY_LIST } from '../../shared/domain/deny-list.ts';
import type { Machine } from '../../shared/domain/machine.ts';
import type { LiveResponseRequest, MachineAction } from '../../shared/domain/machine-action.ts';
import { hideLink } from '../../shared/domain/result-link.ts';
import { nameTicket, readTicketName } from '../../shared/domain/ticket.ts';
import type { LibraryFile } from '../../shared/domain/library-file.ts';
import type { StartLimits } from '../../shared/domain/start-quota.ts';
import type { StartOutcome } from '../../shared/domain/start-outcome.ts';
import type { DefenderPort, LogLine, Ports } from '../../shared/pipeline/ports.ts';
import { watchQuiet } from '../../shared/pipeline/watch-quiet.ts';
import { openImmutablePackages } from './immutable-packages.ts';
import { rememberAnnouncements } from './memory-announcements.ts';
import { rememberCollections, rememberControl, rememberLanes, rememberQuota, rememberTurn } from './memory-state.ts';
import { alert, MACHINE_ID, machine, makeAction, profile } from './samples.ts';
import { type BlobTexts, rememberTexts } from './text-packages.ts';

const SCRIPT = new TextEncoder().encode('#!/bin/sh\nexit 0\n');

/** Everything outside the pipeline, in memory, with a clock that a test sets and a Defender that a test plays. */
export interface World {
  readonly ports: Ports;
  readonly logs: LogLine[];
  readonly blobs: BlobTexts;
  readonly tickets: Set<string>;
  /** Every live response that Defender was sent, in order. */
  readonly sent: LiveResponseRequest[];
  readonly actions: Map<string, MachineAction>;
  readonly library: LibraryFile[];
  readonly alerts: Map<string, Alert>;
  readonly machines: Map<string, Machine>;
  /** Results by `<action>/<index>`; a text becomes the result's bytes. */
  readonly results: Map<string, string>;
  /** How the next starts are answered, the real way when it is empty. */
  readonly startAnswers: StartOutcome[];
  readonly faults: { listLibrary: Error | null; getAlert: Error | null };
  passTime(ms: number): void;
  endAction(id: string, status: MachineAction['status'], commands: Parameters<typeof makeAction>[3]): void;
}

/** A world where one Linux alert can be collected; its packages are plain texts, or blobs in immutable storage behind the real adapter. */
export function makeWorld(
  overrides: Partial<
    Pick<Ports, 'mode' | 'tenantId' | 'deadlineHours' | 'callsPerHour' | 'pendingLimitMinutes' | 'mergeMinutes'>
  > = {},
  limits: StartLimits = { startsPerMinute: 10, sessions: 20 },
  storage: 'texts' | 'immutable' = 'texts',
): World {
  let nowMs = Date.parse('2026-11-20T08:00:00.000Z');
  const now = () => new Date(nowMs);
  const results = new Map<string, string>();
  const packages = storage === 'texts' ? rememberTexts(now, results) : openImmutablePackages(now, results);
  const { blobs, evidence } = packages;
  const tickets = new Set<string>();
  const logs: LogLine[] = [];
  let signatures = 0;
  const world = {
    logs,
    blobs,
    tickets,
    sent: [] as LiveResponseRequest[],
    actions: new Map<string, MachineAction>(),
    library: [] as LibraryFile[],
    alerts: new Map([[alert.id, alert]]),
    machines: new Map([[MACHINE_ID, machine]]),
    results,
    startAnswers: [] as StartOutcome[],
    faults: { listLibrary: null as Error | null, getAlert: null as Error | null },
    passTime(ms: number) {
      nowMs += ms;
    },
    endAction(id: string, status: MachineAction['status'], commands: Parameters<typeof makeAction>[3]) {
      const action = world.actions.get(id);
      if (action === undefined) throw new Error(`There is no action ${id}.`);
      const { machineId, comment } = action;
      const ended = makeAction(id, comment, status, commands).commands.map((command, index) => ({
        ...command,
        parameters: action.commands[index]?.parameters ?? {},
      }));
      world.actions.set(id, { ...action, machineId, status, commands: ended });
    },
  };
  const collections = rememberCollections();
  const ports: Ports = {
    now,
    wait: () => new Promise(() => undefined),
    sha256: sha256Of,
    mode: 'collect',
    tenantId: null,
    version: '0.0.0-test',
    deadlineHours: 72,
    pendingLimitMinutes: 20,
    mergeMinutes: 60,
    lookUpRoom: async () => 'for any',
    callsPerHour: 1_500,
    defender: playDefender(world),
    collections,
    quiet: watchQuiet(collections, now),
    lanes: rememberLanes(),
    governor: rememberQuota(limits, now),
    listing: rememberTurn(now),
    watching: rememberTurn(now),
    sweeping: rememberTurn(now),
    control: rememberControl(),
    evidence,
    signing: {
      practice: 'signed',
      // Each signature over the same statement is another one, as ES256 has it.
      async sign(statement) {
        signatures += 1;
        return `${signatures}.${JSON.stringify(statement)}`;
      },
    },
    tickets: {
      async write(ticket) {
        tickets.add(nameTicket(ticket));
      },
      async remove(ticket) {
        tickets.delete(nameTicket(ticket));
      },
      read: (_, blobName) => {
        const ticket = readTicketName(blobName);
        return ticket === null
          ? { outcome: 'fault', fault: 'Its name is not that of a ticket.' }
          : { outcome: 'ticket', ticket };
      },
    },
    content: {
      profiles: async () => [profile],
      denyList: async () => NO_DENY_LIST,
      scripts: async () =>
        new Map([
          [
            'evidence-triage.sh',
            {
              name: 'evidence-triage.sh',
              content: SCRIPT,
              sha256: SCRIPT_SHA256,
              description: 'd',
              parametersDescription: 'p',
            },
          ],
        ]),
    },
    announcer: {
      events: 'not published',
      comments: 'not written',
      ...rememberAnnouncements(),
    },
    explain: (fault) => ({
      reason: fault instanceof Error ? fault.message : 'unknown',
      code: 'Test',
      retryAfterMs: null,
    }),
    log: (line) => logs.push(line),
    beat: async () => undefined,
    ...overrides,
  };
  return { ...world, ports };
}

/** The hash of the script that the world's library should hold. */
export const SCRIPT_SHA256 = createHash('sha256').update(SCRIPT).digest('hex');

/** SHA-256 of a text, hex. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The parameters of a command as Defender would repeat them. */
function nameParameters(command: Command | undefined): Readonly<Record<string, string>> {
  if (command === undefined) return {};
  if (command.type === 'PutFile') return { filename: command.fileName };
  if (command.type === 'GetFile') return { path: command.path };
  return { scriptname: command.scriptName, args: command.args };
}

type Play = Omit<World, 'ports'>;

function playDefender(world: Play): DefenderPort {
  return {
    async getAlert(alertId) {
      if (world.faults.getAlert !== null) throw world.faults.getAlert;
      const found = world.alerts.get(alertId);
      return found === undefined
        ? { outcome: 'not found' }
        : { outcome: 'found', alert: found, raw: JSON.stringify(found) };
    },
    async getAlertFiles() {
      return { outcome: 'found', files: [], raw: '{"value":[]}' };
    },
    async getMachine(machineId) {
      const found = world.machines.get(machineId);
      return found === undefined
        ? { outcome: 'not found' }
        : { outcome: 'found', machine: found, raw: JSON.stringify(found) };
    },
    async findMachinesByName(name) {
      return [...world.machines.values()].filter((found) => found.name === name.toLowerCase());
    },
    async startLiveResponse(request) {
      const answer = world.startAnswers.shift();
      if (answer !== undefined && answer.outcome !== 'started') return answer;
      world.sent.push(request);
      const id = `aaaabbbb-0000-cccc-1111-${String(world.sent.length).padStart(12, '0')}`;
      const created = request.commands.map((command) => [command.type, 'Created'] as const);
      const blank = makeAction(id, request.comment, 'Pending', created);
      const action: MachineAction = {
        ...blank,
        machineId: request.machineId,
        commands: blank.commands.map((command, index) => ({
          ...command,
          parameters: nameParameters(request.commands[index]),
        })),
      };
      world.actions.set(id, action);
      return { outcome: 'started', action };
    },
    async listActions(filter) {
      return [...world.actions.values()].filter(
        (action) =>
          (filter.ids?.includes(action.id) ?? true) &&
          (filter.machineId === undefined || action.machineId === filter.machineId),
      );
    },
    async getAction(actionId) {
      const action = world.actions.get(actionId);
      return action === undefined ? { outcome: 'not found' } : { outcome: 'found', action };
    },
    async cancelAction(actionId) {
      const action = world.actions.get(actionId);
      if (action === undefined) return { outcome: 'not found' };
      world.actions.set(actionId, { ...action, status: 'Cancelled' });
      return { outcome: 'asked' };
    },
    async getResultLink(actionId, index) {
      const key = `${actionId}/${index}`;
      if (!world.results.has(key)) return { outcome: 'no result', reason: 'Defender has no result for this command.' };
      return { outcome: 'link', link: hideLink(`https://results.example.com/${key}?sp=r&sig=SECRET`) };
    },
    async listLibrary() {
      if (world.faults.listLibrary !== null) throw world.faults.listLibrary;
      return [...world.library];
    },
    async uploadToLibrary(file) {
      const sha256 = createHash('sha256').update(file.content).digest('hex');
      world.library.push({
        fileName: file.fileName,
        sha256,
        createdBy: 'collector',
        lastUpdatedAt: '2026-11-20T08:00:00Z',
      });
      return { outcome: 'uploaded' };
    },
  };
}
