import { defaultAlerts, tenantId } from './default-alerts.ts';
import { linux, phone, windows } from './default-machines.ts';
import type { DescribedFile } from './describe-file.ts';
import { documentedLimits } from './limits.ts';
import type { Limits, Recording, Scenario, ScenarioLibraryFile, Timings } from './scenario.ts';
import type { Switches } from './switches.ts';
import { quickTimings } from './timings.ts';

/** What may differ from the default; `files` are files of this computer that the Linux alert is about. */
export type DefaultScenarioOptions = {
  files: readonly DescribedFile[];
  now?: Date;
  windows?: Recording;
  libraryFiles?: readonly ScenarioLibraryFile[];
  timings?: Partial<Timings>;
  limits?: Partial<Limits>;
  switches?: Partial<Switches>;
};

const recording: Recording = {
  scripts: {
    'minidump.ps1': { exitCode: 0, output: 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip\n51 MB', errors: '' },
  },
  files: {},
  anyFile: { content: { generated: { bytes: 300_000, seed: 'windows' } }, gzip: true },
};

const libraryFiles: readonly ScenarioLibraryFile[] = [
  {
    fileName: 'minidump.ps1',
    text: 'param([string] $ProcessName)\nWrite-Output "Dumping $ProcessName"\n',
    description: 'Process memory dump',
    creationTime: '2026-01-12T10:54:23.2009016Z',
    createdBy: 'admin@contoso.com',
    hasParameters: true,
    parametersDescription: 'Name of the process',
  },
];

/**
 * Makes the scenario of `npm start`. Alerts in this order: High on the Linux machine that executes, Medium on the
 * recorded Windows machine, Low without a machine, Medium on a phone, where no live response is possible.
 */
export function defaultScenario(options: DefaultScenarioOptions): Scenario {
  const now = options.now ?? new Date();
  return {
    tenantId,
    appName: 'Evidence Collector',
    appId: '5f0c2d7e-8b1a-4c3d-9e6f-0a1b2c3d4e5f',
    limits: { ...documentedLimits, ...options.limits },
    timings: { ...quickTimings, ...options.timings },
    nonZeroExit: 'Completed',
    machines: [
      { kind: 'executes', entity: linux },
      { kind: 'recorded', entity: windows, recording: options.windows ?? recording },
      { kind: 'unsupported', entity: phone },
    ],
    alerts: defaultAlerts(now, options.files),
    libraryFiles: options.libraryFiles ?? libraryFiles,
    faults: [],
    switches: options.switches ?? {},
  };
}
