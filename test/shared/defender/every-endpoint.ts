import type { DefenderClient } from '../../../shared/defender/client.ts';
import type { EndpointName } from '../../../shared/defender/permissions.ts';

const ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';

/** One call of an endpoint: how it is made, and in what a failure shows: an error, or the reason of an outcome. */
interface EndpointSample {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The permissions that its page names. */
  readonly permission: string;
  /** Whether a failure is thrown or told by an outcome that must not be repeated. */
  readonly tells: 'by an error' | 'by an outcome';
  /** `text` goes wherever the caller can put text. */
  readonly act: (client: DefenderClient, text?: string) => Promise<unknown>;
}

const READ_MACHINES = 'Machine.Read.All or Machine.ReadWrite.All';
const READ_ALERTS = 'Alert.Read.All or Alert.ReadWrite.All';

/** Every endpoint that the client calls, none left out. */
const SAMPLES: Readonly<Record<EndpointName, EndpointSample>> = {
  'get alert': {
    method: 'GET',
    path: `/api/alerts/${ID}`,
    permission: READ_ALERTS,
    tells: 'by an error',
    act: (client) => client.getAlert(ID),
  },
  'list alerts': {
    method: 'GET',
    path: '/api/alerts',
    permission: READ_ALERTS,
    tells: 'by an error',
    act: (client) => client.listAlerts({ updatedFrom: '2026-01-20T20:00:00Z' }),
  },
  'comment on alert': {
    method: 'PATCH',
    path: `/api/alerts/${ID}`,
    permission: 'Alert.ReadWrite.All',
    tells: 'by an outcome',
    act: (client, text = 'c') => client.addComment(ID, text),
  },
  'get alert files': {
    method: 'GET',
    path: `/api/alerts/${ID}/files`,
    permission: 'File.Read.All',
    tells: 'by an error',
    act: (client) => client.getAlertFiles(ID),
  },
  'get alert machine': {
    method: 'GET',
    path: `/api/alerts/${ID}/machine`,
    permission: READ_MACHINES,
    tells: 'by an error',
    act: (client) => client.getAlertMachine(ID),
  },
  'get machine': {
    method: 'GET',
    path: `/api/machines/${ID}`,
    permission: READ_MACHINES,
    tells: 'by an error',
    act: (client) => client.getMachine(ID),
  },
  'find machines': {
    method: 'GET',
    path: '/api/machines',
    permission: READ_MACHINES,
    tells: 'by an error',
    act: (client) => client.findMachinesByName('pc'),
  },
  'run live response': {
    method: 'POST',
    path: `/api/machines/${ID}/runliveresponse`,
    permission: 'Machine.LiveResponse',
    tells: 'by an outcome',
    act: (client, text = 'c') =>
      client.startLiveResponse({
        machineId: ID,
        comment: text,
        commands: [{ type: 'RunScript', scriptName: 'a.ps1', args: text }],
      }),
  },
  'list machine actions': {
    method: 'GET',
    path: '/api/machineactions',
    permission: READ_MACHINES,
    tells: 'by an error',
    act: (client) => client.listActions({ ids: [ID] }),
  },
  'get machine action': {
    method: 'GET',
    path: `/api/machineactions/${ID}`,
    permission: READ_MACHINES,
    tells: 'by an error',
    act: (client) => client.getAction(ID),
  },
  'cancel machine action': {
    method: 'POST',
    path: `/api/machineactions/${ID}/cancel`,
    permission: 'Machine.LiveResponse',
    tells: 'by an error',
    act: (client, text = 'c') => client.cancelAction(ID, text),
  },
  'get result link': {
    method: 'GET',
    path: `/api/machineactions/${ID}/GetLiveResponseResultDownloadLink(index=0)`,
    permission: 'Machine.ReadWrite.All',
    tells: 'by an error',
    act: (client) => client.getResultLink(ID, 0),
  },
  'list library files': {
    method: 'GET',
    path: '/api/libraryfiles',
    permission: 'Library.Manage',
    tells: 'by an error',
    act: (client) => client.listLibrary(),
  },
  'upload library file': {
    method: 'POST',
    path: '/api/libraryfiles',
    permission: 'Library.Manage',
    tells: 'by an error',
    act: (client, text = 'c') =>
      client.uploadToLibrary({
        fileName: 'a.ps1',
        content: new TextEncoder().encode(text),
        description: text,
        parametersDescription: text,
        replace: 'keep',
      }),
  },
  'delete library file': {
    method: 'DELETE',
    path: '/api/libraryfiles/a.ps1',
    permission: 'Library.Manage',
    tells: 'by an error',
    act: (client) => client.deleteFromLibrary('a.ps1'),
  },
};

/** The samples as rows of a table. */
export const EVERY_ENDPOINT = Object.entries(SAMPLES).map(([endpoint, sample]) => ({ endpoint, ...sample }));

/** What a call tells of its failure, whether it throws it or answers an outcome with a reason. */
export async function failureOf(call: Promise<unknown>): Promise<{ readonly text: string; readonly fault: unknown }> {
  const fault = await call.catch((error: unknown) => error);
  return { text: fault instanceof Error ? fault.message : JSON.stringify(fault), fault };
}
