import { readFileSync } from 'node:fs';
import type { AlertEntity, FileEntity } from '../../../../local/simulator/alert-entity.ts';
import type { MachineActionEntity } from '../../../../local/simulator/machine-action.ts';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import type { MachineEntity } from '../../../../local/simulator/machines.ts';
import type { Scenario, ScenarioLibraryFile, ScenarioMachine } from '../../../../local/simulator/scenario.ts';
import type { Changes } from '../simulator-under-test.ts';

/** A request as it was published. */
export type GoldenRequest = {
  method: string;
  path: string;
  body?: unknown;
  form?: Record<string, string>;
  file?: string;
};

/** A request and its answer as they were published; `before` is what must have been asked for it. */
export type Golden = {
  source: string;
  switches?: Scenario['switches'];
  before?: GoldenRequest;
  request: GoldenRequest;
  status: number;
  free: string[];
  beyond: string[];
  answer: Record<string, unknown>;
};

/** Reads a golden file by its name. */
export function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));
}

const sampleAlert = readGolden('alert').answer as unknown as AlertEntity;
const sampleFiles = readGolden('alert-files').answer['value'] as FileEntity[];
const { '@odata.context': _, ...sampleMachine } = readGolden('machine').answer;
const sampleLibrary = readGolden('list-library-files').answer['value'] as ScenarioLibraryFile[];
const sampleActions = readGolden('list-machine-actions').answer['value'] as Partial<MachineActionEntity>[];

/** A tenant that holds what the published samples are about; `hostname` is the name of the machine that they run on. */
export function goldenChanges(golden: Golden, hostname: string): Changes {
  const machine = { ...(sampleMachine as unknown as MachineEntity), computerDnsName: hostname };
  const controller = makeMachine({
    id: 'a9e15a8b846d0000000000000000000000000000',
    osPlatform: 'WindowsServer2019',
    computerDnsName: 'dc1.corp.example.net',
  });
  const recording = {
    scripts: {
      'minidump.ps1': { exitCode: 0, output: 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip\n51 MB', errors: '' },
      'Add-DomainAdmin.ps1': { exitCode: 0, output: '', errors: '', takesMs: 2773 },
    },
    files: {},
    anyFile: { content: { text: 'the dump' }, gzip: true },
  };
  const machines: ScenarioMachine[] = [machine, controller].map((entity) => ({ kind: 'recorded', entity, recording }));
  return {
    appName: 'analyst@microsoft.com',
    machines,
    alerts: [
      { entity: sampleAlert, relatedFiles: [] },
      { entity: { ...sampleAlert, id: '636688558380765161_2136280442' }, relatedFiles: sampleFiles },
    ],
    libraryFiles: golden.request.path === 'libraryfiles' && golden.request.method === 'GET' ? library() : scripts(),
    pastActions: sampleActions.toReversed().map(fillAction),
    switches: golden.switches ?? {},
    timings: { visibilityLagMs: 0, pendingMs: 84_000, betweenPollsMs: 37_000, commandMs: 2000, packageMs: 60_000 },
    limits: { callsPerMinute: 30, packageUrisPerMinute: 2 },
  };
}

function library(): ScenarioLibraryFile[] {
  return sampleLibrary.map((file) => {
    const { fileName, description, creationTime, createdBy, hasParameters, parametersDescription } = file;
    const common = { fileName, text: fileName, description, creationTime, createdBy, hasParameters };
    return parametersDescription === undefined ? common : { ...common, parametersDescription };
  });
}

function scripts(): ScenarioLibraryFile[] {
  return ['minidump.ps1', 'Add-DomainAdmin.ps1'].map((fileName) => {
    return {
      fileName,
      text: fileName,
      description: null,
      creationTime: '2021-01-01T00:00:00Z',
      createdBy: 'admin',
      hasParameters: false,
    };
  });
}

function fillAction(action: Partial<MachineActionEntity>): MachineActionEntity {
  return {
    id: '',
    type: '',
    title: null,
    requestor: '',
    requestorComment: '',
    status: 'Succeeded',
    machineId: '',
    computerDnsName: '',
    creationDateTimeUtc: '',
    lastUpdateDateTimeUtc: '',
    cancellationRequestor: null,
    cancellationComment: null,
    cancellationDateTimeUtc: null,
    errorHResult: 0,
    scope: null,
    externalId: null,
    requestSource: 'Portal',
    relatedFileInfo: null,
    commands: [],
    troubleshootInfo: null,
    ...action,
  };
}
