import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Clock } from '../../../local/simulator/clock.ts';
import { defaultScenario } from '../../../local/simulator/default-scenario.ts';
import type { MachineActionEntity } from '../../../local/simulator/machine-action.ts';
import { makeMachine } from '../../../local/simulator/make-entities.ts';
import type { Limits, Scenario, ScenarioMachine, Timings } from '../../../local/simulator/scenario.ts';
import { type Simulator, startSimulator } from '../../../local/simulator/start-simulator.ts';

/** What a test changes of the quick scenario. */
export type Changes = Partial<Omit<Scenario, 'timings' | 'limits'>> & {
  timings?: Partial<Timings>;
  limits?: Partial<Limits>;
};

/** An answer with its JSON body, or its text where it is none. */
export type Answer = { status: number; headers: Headers; body: Record<string, unknown>; text: string };

/** A simulator for one test, and how to call it with its own token. */
export type UnderTest = {
  simulator: Simulator;
  folder: string;
  get(path: string): Promise<Answer>;
  send(method: string, path: string, body: unknown): Promise<Answer>;
  run(machineId: string, commands: readonly Command[]): Promise<string>;
  ended(actionId: string): Promise<MachineActionEntity>;
  link(actionId: string, index: number): Promise<string>;
};

type Command = { type: string; params: readonly { key: string; value: string }[] };

/** The machine that runs scripts on this computer. */
export const linuxId = '4c07a6c1e0d5b2f39a8e71645d20c3fb9e8a1d72';

/** The machine that answers from a recording. */
export const windowsId = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';

const quick: Partial<Timings> = {
  visibilityLagMs: 0,
  pendingMs: 5,
  betweenPollsMs: 5,
  commandMs: 5,
  cancelMs: 5,
};

/** Starts a simulator of which every step takes milliseconds, and closes it after the test. */
export async function startUnderTest(changes: Changes = {}, clock?: Clock): Promise<UnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-test-'));
  const { timings, limits, ...rest } = changes;
  const base = defaultScenario({
    files: [],
    now: new Date('2026-03-01T12:00:00Z'),
    timings: { ...quick, ...timings },
    limits: { callsPerMinute: 10_000, ...limits },
  });
  const simulator = await startSimulator({
    scenario: { ...base, ...rest },
    folder,
    ...(clock === undefined ? {} : { clock }),
  });
  onTestFinished(async () => {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const call = (path: string, init: RequestInit = {}): Promise<Answer> =>
    ask(`${simulator.apiUrl}/api/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${simulator.token}`, ...init.headers },
    });
  const send = (method: string, path: string, body: unknown): Promise<Answer> =>
    call(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const find = (id: string): MachineActionEntity | undefined => simulator.actions().find((each) => each.id === id);

  return {
    simulator,
    folder,
    get: (path) => call(path),
    send,
    run: async (machineId, commands) => {
      const answer = await send('POST', `machines/${machineId}/runliveresponse`, {
        Commands: commands,
        Comment: 'test',
      });
      if (answer.status !== 201) throw new Error(answer.text);
      return String(answer.body['id']);
    },
    ended: (actionId) =>
      vi.waitUntil(
        () => {
          const action = find(actionId);
          return action?.status === 'Pending' || action?.status === 'InProgress' ? undefined : action;
        },
        { timeout: 10_000, interval: 5 },
      ),
    link: async (actionId, index) => {
      const answer = await call(`machineactions/${actionId}/GetLiveResponseResultDownloadLink(index=${index})`);
      if (answer.status !== 200) throw new Error(answer.text);
      return String(answer.body['value']);
    },
  };
}

/** Calls an address and reads the whole answer. */
export async function ask(address: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(address, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? parse(text) : {}, text };
}

/** Makes a RunScript command. */
export function runScript(name: string, args?: string): Command {
  const params = [{ key: 'ScriptName', value: name }];
  return { type: 'RunScript', params: args === undefined ? params : [...params, { key: 'Args', value: args }] };
}

/** Makes a GetFile command. */
export function getFile(path: string): Command {
  return { type: 'GetFile', params: [{ key: 'Path', value: path }] };
}

/** Makes a PutFile command. */
export function putFile(name: string): Command {
  return { type: 'PutFile', params: [{ key: 'FileName', value: name }] };
}

/** Makes a library file of a scenario. */
export function libraryFile(fileName: string, text: string): Scenario['libraryFiles'][number] {
  return {
    fileName,
    text,
    description: null,
    creationTime: '2026-01-01T00:00:00.1234567Z',
    createdBy: 'admin',
    hasParameters: false,
  };
}

/** Makes a machine that is offline. */
export function offlineMachine(id: string): ScenarioMachine {
  return {
    kind: 'offline',
    entity: makeMachine({ id, osPlatform: 'Windows11', computerDnsName: `off-${id.slice(0, 4)}` }),
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
