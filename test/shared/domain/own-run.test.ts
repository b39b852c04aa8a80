import { describe, expect, it } from 'vitest';
import type { EvidenceTrace } from '../../../shared/domain/alert.ts';
import type { Collection } from '../../../shared/domain/collection.ts';
import { findOwnRun, mayHaveCaused } from '../../../shared/domain/own-run.ts';
import { encodeRequest } from '../../../shared/domain/script-request.ts';
import { alert, MACHINE_ID } from '../../memory/samples.ts';

const ID = '0123456789abcdef0123456789abcdef';
const argument = encodeRequest({
  collectionId: `${ID}-r2`,
  session: 0,
  archive: '/var/tmp/x',
  limitBytes: 1,
  limitSeconds: 1,
  files: [],
}).argument;
const trace = (given: Partial<EvidenceTrace>): EvidenceTrace => ({
  path: null,
  commandLine: null,
  processId: null,
  parentProcessId: null,
  ...given,
});
const copy = trace({ path: `C:\\Windows\\Temp\\evidence-collector-${ID}-0\\files\\0` });
const script = trace({
  path: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  commandLine: `powershell.exe -File x.ps1 ${argument}`,
  processId: 40,
});

describe('findOwnRun', () => {
  it.each<readonly [string, readonly EvidenceTrace[], 'folder' | 'command line', string]>([
    ['our copy of an alerted file', [copy], 'folder', ID],
    ['our folder on Linux', [trace({ path: `/var/tmp/evidence-collector-${ID}-r1-12/files/3` })], 'folder', `${ID}-r1`],
    ['an interpreter that was given our request', [script], 'command line', `${ID}-r2`],
    [
      'what our script started, and what that started',
      [trace({ processId: 42, parentProcessId: 41 }), trace({ processId: 41, parentProcessId: 40 }), script],
      'command line',
      `${ID}-r2`,
    ],
  ])('%s bears our marks', (_, traces, by, id) => {
    expect(findOwnRun({ ...alert, traces })).toEqual({ verdict: 'marked', by, collectionIds: [id] });
  });

  it.each<readonly [string, readonly EvidenceTrace[]]>([
    ['nothing at all', []],
    ['another file beside our copy', [copy, trace({ path: 'C:\\Users\\Public\\svc.exe' })]],
    ['a process beside our script', [script, trace({ processId: 77, parentProcessId: 1 })]],
    ['a folder of our name elsewhere', [trace({ path: `C:\\Users\\x\\evidence-collector-${ID}-0\\a` })]],
    ['a way out of our folder', [trace({ path: `/var/tmp/evidence-collector-${ID}-0/../evil` })]],
    ['a file that only begins like our folder', [trace({ path: `/var/tmp/evidence-collector-${ID}-0.exe` })]],
    ['our request given to another program', [trace({ path: 'C:\\x\\evil.exe', commandLine: `evil.exe ${argument}` })]],
    ['a request that is none', [trace({ path: '/bin/sh', commandLine: `sh x eyJ2IjoxLCJjb2xsZWN0aW9uIjoiAAAA` })]],
    ['children of a process without a number', [{ ...script, processId: null }, trace({ parentProcessId: 40 })]],
  ])('%s does not', (_, traces) => {
    expect(findOwnRun({ ...alert, traces })).toEqual({ verdict: 'not ours' });
  });
});

describe('mayHaveCaused', () => {
  const at = '2026-11-20T10:00:00.000Z';
  const ran = (changes: object = {}) =>
    ({
      id: ID,
      status: 'collected',
      machineId: MACHINE_ID,
      receivedAt: '2026-11-20T08:00:00.000Z',
      endedAt: '2026-11-20T08:30:00.000Z',
      ...changes,
    }) as Collection;
  const running = {
    id: ID,
    status: 'running',
    machineId: MACHINE_ID,
    receivedAt: '2026-11-20T08:00:00.000Z',
  } as Collection;
  it.each<readonly [string, Collection | null, 'folder' | 'command line', 'yes' | 'no']>([
    ['a folder hours later', ran(), 'folder', 'yes'],
    ['a command line hours later', ran(), 'command line', 'no'],
    ['a command line at once', ran({ endedAt: '2026-11-20T09:30:00.000Z' }), 'command line', 'yes'],
    ['while it runs', running, 'command line', 'yes'],
    [
      'days later',
      ran({ receivedAt: '2026-11-16T08:00:00.000Z', endedAt: '2026-11-16T08:30:00.000Z' }),
      'folder',
      'no',
    ],
    ['before it began', ran({ receivedAt: '2026-11-20T11:00:00.000Z' }), 'folder', 'no'],
    ['on another machine', ran({ machineId: 'f'.repeat(40) }), 'folder', 'no'],
    ['one that ran nothing', ran({ status: 'skipped' }), 'folder', 'no'],
    ['one that nobody knows', null, 'folder', 'no'],
  ])('%s', (_, collection, by, expected) => {
    expect(
      mayHaveCaused(collection, { verdict: 'marked', by, collectionIds: [ID] }, { machineId: MACHINE_ID, at }),
    ).toBe(expected);
  });
});
