import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chainFacts } from '../../../shared/domain/custody.ts';
import { describePackage } from '../../../shared/domain/package-record.ts';
import { packageRecordSchema } from '../../../shared/domain/package-record-schema.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { transition } from '../../../shared/domain/transition.ts';
import {
  ALERT_ID,
  ARCHIVE,
  ARCHIVE_PATH,
  action,
  COLLECTION_ID,
  DOCUMENTS,
  FILES,
  liveToSeal,
  liveWell,
  lookedUp,
  MACHINE_ID,
  PLAN,
  PLAN_WITH_FILES,
  REPORT,
  SAID,
  sha256,
  TRANSCRIPT,
  WORDS,
} from './package-record-fixture.ts';

/** What is said of an item where the library was not compared after the run. */
const NOT_CHECKED = {
  verdict: 'not checked',
  explanation: 'The library was not compared with the reviewed script after the run.',
};
const RETRIED_AT = '2026-03-02T03:16:00.000Z';

describe('a collection that went well', () => {
  const { collection, custody } = liveWell();
  const record = describePackage(collection, custody, '0.1.0', sha256);

  test('fits the schema as it is, with nothing that the schema does not know', () => {
    expect(packageRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  test('tells which alert on which machine, and by which profile and scripts', () => {
    expect(record).toMatchObject({
      recordVersion: 1,
      product: { name: 'Evidence Collector for Microsoft Defender', version: '0.1.0' },
      collectionId: COLLECTION_ID,
      outcome: 'collected',
      receivedFrom: 'POST /api/alerts',
      alert: {
        id: ALERT_ID,
        incidentId: '1126093',
        tenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
        severity: 'High',
        title: 'Suspicious PowerShell download',
      },
      machine: { id: MACHINE_ID, name: 'pc-0042.contoso.example' },
      profile: { id: 'windows-triage', title: 'Windows triage', sha256: 'a'.repeat(64) },
      scripts: [{ name: 'Evidence-Triage.ps1', sha256: 'b'.repeat(64) }],
      documents: DOCUMENTS,
    });
  });

  test('takes its times from the custody log', () => {
    expect(record.times).toEqual({
      receivedAt: '2026-03-02T03:14:07.000Z',
      lookedUpAt: '2026-03-02T03:14:09.400Z',
      startedAt: '2026-03-02T03:14:12.000Z',
      endedAt: '2026-03-02T03:18:20.000Z',
      copiedAt: '2026-03-02T03:18:24.900Z',
      sealedAt: '2026-03-02T03:18:25.600Z',
    });
  });

  test('gives commands as they were sent, by which machine action, and with what end', () => {
    expect(record.sessions).toEqual([
      {
        session: 0,
        commands: [
          { index: 0, type: 'RunScript', scriptName: 'Evidence-Triage.ps1', args: 'eyJ2IjoxfQ' },
          { index: 1, type: 'GetFile', path: ARCHIVE_PATH, madeBy: 0 },
        ],
      },
    ]);
    expect(record.machineActions).toEqual([
      {
        id: 'c141bb71-8125-4234-a184-000000000000',
        session: 0,
        attempt: 1,
        startedAt: '2026-03-02T03:14:12.000Z',
        endedAt: '2026-03-02T03:18:20.000Z',
        endedAs: 'Succeeded',
        commands: [
          { index: 0, type: 'RunScript', status: 'Completed', startedAt: null, endedAt: null },
          { index: 1, type: 'GetFile', status: 'Completed', startedAt: null, endedAt: null },
        ],
      },
    ]);
  });

  test('gives each stored result with path, hashes inside and out, report and verdict', () => {
    expect(record.results).toEqual([
      {
        session: 0,
        index: 0,
        command: 'RunScript',
        subject: 'Evidence-Triage.ps1',
        status: 'stored',
        ...TRANSCRIPT,
        failure: null,
        machineAgainstStorage: null,
        script: NOT_CHECKED,
      },
      {
        session: 0,
        index: 1,
        command: 'GetFile',
        subject: ARCHIVE_PATH,
        status: 'stored',
        ...ARCHIVE,
        failure: null,
        machineAgainstStorage: {
          verdict: 'same',
          compared: 'content',
          reportedSha256: 'c'.repeat(64),
          reportedBytes: 5_242_880,
          explanation:
            'Same as reported by the machine: the content of the stored gzip has the SHA-256 that the script reported.',
        },
        script: NOT_CHECKED,
      },
    ]);
  });

  test('holds the custody log to its sealing entry, and its head', () => {
    expect(record.custody.count).toBe(11);
    expect(record.custody.head).toBe(collection.custody.head);
    expect(record.custody.entries.map(({ number, event }) => `${number} ${event}`)).toEqual([
      '1 received',
      '2 document stored',
      '3 document stored',
      '4 planned',
      '5 starting',
      '6 started',
      '7 in progress',
      '8 action ended',
      '9 result stored',
      '10 result stored',
      '11 sealing',
    ]);
  });

  test('is the same when sealing is repeated after a fault', () => {
    const event = {
      type: 'put off',
      while: 'sealing',
      notBefore: '2026-03-02T04:00:00.000Z',
      reason: 'The storage does not answer.',
    } as const;
    const { collection: putOff } = transition(collection, event, '2026-03-02T03:19:00.000Z');
    if (putOff.status !== 'sealing') throw new Error('It left sealing.');
    const later = { ...putOff, custody: { count: 12, head: 'f'.repeat(64) } };
    expect(describePackage(later, custody, '0.1.0', sha256)).toEqual(record);
  });
});

describe('a collection with trouble', () => {
  const plan: Plan = {
    ...PLAN,
    filesNotRequested: 3,
    sessions: [
      {
        commands: [
          { type: 'RunScript', scriptName: 'Evidence-Triage.ps1', args: '' },
          { type: 'GetFile', path: 'C:\\gone.exe', madeBy: null },
          { type: 'GetFile', path: ARCHIVE_PATH, madeBy: 0 },
        ],
      },
    ],
  };
  const { collection, custody } = liveToSeal([
    ['2026-03-02T03:14:09.000Z', lookedUp(plan, 'Suspicious PowerShell download')],
    ['2026-03-02T03:14:10.000Z', { type: 'starting', session: 0, attempt: 1 }],
    ['2026-03-02T03:14:12.000Z', { type: 'started', action: action(0, 'Pending', []) }],
    [
      '2026-03-02T03:16:00.000Z',
      {
        type: 'action seen',
        action: action(0, 'Failed', [
          ['Completed', 'RunScript'],
          ['Failed', 'GetFile', 'The file was not found.'],
          ['Created', 'GetFile'],
        ]),
      },
    ],
    [
      '2026-03-02T03:16:05.000Z',
      { type: 'result stored', session: 0, index: 0, item: { ...TRANSCRIPT, report: { ...REPORT, archiveBytes: 1 } } },
    ],
    ['2026-03-02T03:16:06.000Z', { type: 'starting', session: 1, attempt: 1 }],
    ['2026-03-02T03:16:08.000Z', { type: 'started', action: action(1, 'Pending', []) }],
    ['2026-03-02T03:17:00.000Z', { type: 'action seen', action: action(1, 'Succeeded', [['Completed', 'GetFile']]) }],
    [
      '2026-03-02T03:17:05.000Z',
      { type: 'result stored', session: 1, index: 0, item: { ...ARCHIVE, path: 'data/1-0-getfile/content' } },
    ],
    ['2026-03-02T03:17:06.000Z', { type: 'manifest written', sha256: 'e'.repeat(64) }],
  ]);
  const record = describePackage(collection, custody, '0.1.0', sha256);

  test('is partial, names what is missing with its reason, and what was sent again', () => {
    expect(record.outcome).toBe('partial');
    expect(
      record.results.map((row) => [row.session, row.index, row.status, row.status === 'missing' ? row.reason : null]),
    ).toEqual([
      [0, 0, 'stored', null],
      [0, 1, 'missing', 'The file was not found.'],
      [0, 2, 'moved', null],
      [1, 0, 'stored', null],
    ]);
    expect(record.filesNotRequested).toBe(3);
  });

  test('has a machine action for each session, and the time from the first start to the last end', () => {
    expect(record.machineActions.map(({ session, endedAs }) => [session, endedAs])).toEqual([
      [0, 'Failed'],
      [1, 'Succeeded'],
    ]);
    expect(record.times).toMatchObject({ startedAt: '2026-03-02T03:14:12.000Z', endedAt: '2026-03-02T03:17:00.000Z' });
  });

  test('compares an archive that was asked for again with the script of the first session', () => {
    const row = record.results[3];
    expect(row?.status === 'stored' ? row.machineAgainstStorage?.verdict : null).toBe('same');
  });
});

describe('a collection that was refused', () => {
  const { collection, custody } = liveToSeal([
    ['2026-03-02T03:14:09.000Z', lookedUp(PLAN, 'Suspicious PowerShell download')],
    ['2026-03-02T03:14:10.000Z', { type: 'starting', session: 0, attempt: 1 }],
    [
      '2026-03-02T03:14:12.000Z',
      {
        type: 'refused',
        session: 0,
        attempt: 1,
        reason: 'The library holds another Evidence-Triage.ps1 than the reviewed one.',
      },
    ],
    ['2026-03-02T03:14:13.000Z', { type: 'manifest written', sha256: 'e'.repeat(64) }],
  ]);
  const record = describePackage(collection, custody, '0.1.0', sha256);

  test('failed, with no times for what never was, and the reason in each row', () => {
    expect(record.outcome).toBe('failed');
    expect(record.leftOnMachine).toEqual([]);
    expect(record.machineActions).toEqual([]);
    expect(record.times).toMatchObject({
      startedAt: null,
      endedAt: null,
      copiedAt: null,
      sealedAt: '2026-03-02T03:14:13.000Z',
    });
    expect(record.results.map((row) => (row.status === 'missing' ? row.reason : row.status))).toEqual([
      'The library holds another Evidence-Triage.ps1 than the reviewed one.',
      'The library holds another Evidence-Triage.ps1 than the reviewed one.',
    ]);
  });
});

test('a machine action that Defender knew no more ended as gone', () => {
  const { collection, custody } = liveToSeal([
    ['2026-03-02T03:14:09.000Z', lookedUp(PLAN, 'Suspicious PowerShell download')],
    ['2026-03-02T03:14:10.000Z', { type: 'starting', session: 0, attempt: 1 }],
    ['2026-03-02T03:14:12.000Z', { type: 'started', action: action(0, 'Pending', []) }],
    ['2026-03-02T03:30:00.000Z', { type: 'action gone', reason: 'Defender does not know the machine action.' }],
  ]);
  expect(describePackage(collection, custody, '0.1.0', sha256).machineActions).toMatchObject([
    { endedAt: '2026-03-02T03:30:00.000Z', endedAs: 'gone' },
  ]);
});

test('a line that is no custody entry is refused', () => {
  const { collection, custody } = liveWell();
  expect(() => describePackage(collection, [...custody, '{"number":12}'], '0.1.0', sha256)).toThrow();
});

test('a machine’s clock is set against the attempt that ran, not one before or after it', () => {
  const notStarted = { type: 'not started', session: 0, attempt: 1, notBefore: RETRIED_AT, reason: 'Busy.' } as const;
  const second = (status: 'Pending' | 'Succeeded') => ({
    ...action(0, status, [
      ['Completed', 'RunScript'],
      ['Completed', 'GetFile'],
    ]),
    comment: `Evidence Collector ${COLLECTION_ID}/0/2`,
  });
  const { collection, custody } = liveToSeal([
    ['2026-03-02T03:14:09.000Z', lookedUp(PLAN, 'Suspicious PowerShell download')],
    ['2026-03-02T03:14:10.000Z', { type: 'starting', session: 0, attempt: 1 }],
    ['2026-03-02T03:14:12.000Z', notStarted],
    [RETRIED_AT, { type: 'starting', session: 0, attempt: 2 }],
    ['2026-03-02T03:16:02.000Z', { type: 'started', action: second('Pending') }],
    ['2026-03-02T03:18:20.000Z', { type: 'action seen', action: second('Succeeded') }],
    [TRANSCRIPT.storedAt, { type: 'result stored', session: 0, index: 0, item: TRANSCRIPT }],
    [ARCHIVE.storedAt, { type: 'result stored', session: 0, index: 1, item: ARCHIVE }],
    ['2026-03-02T03:18:25.600Z', { type: 'manifest written', sha256: 'e'.repeat(64) }],
  ]);
  // As it is in a log where another attempt was begun after the one that ran, such as one that was adopted late.
  const { lines } = chainFacts(
    collection.custody,
    [{ event: 'starting', actor: 'collector', detail: { comment: `Evidence Collector ${COLLECTION_ID}/0/3` } }],
    '2026-03-02T03:18:26.000Z',
    sha256,
  );
  const [run] = describePackage(collection, [...custody, lines[0]?.line ?? ''], '0.1.0', sha256, WORDS).scriptRuns;
  expect(run?.clock).toMatchObject({ earliestAt: RETRIED_AT, latestAt: '2026-03-02T03:18:20.000Z' });
});

test('a command has the times that Defender told of it, to the millisecond, and none for what is no time', () => {
  const ended = action(0, 'Succeeded', [
    ['Completed', 'RunScript'],
    ['Completed', 'GetFile'],
  ]);
  const timed = {
    ...ended,
    commands: ended.commands.map((command) => ({
      ...command,
      startedAt: command.index === 0 ? '2026-03-02T03:15:01.1234567Z' : 'soon, 1 2 3',
      endedAt: '2026-03-02T03:15:31Z',
    })),
  };
  const { collection, custody } = liveToSeal([
    ['2026-03-02T03:14:09.000Z', lookedUp(PLAN, 'Suspicious PowerShell download')],
    ['2026-03-02T03:14:10.000Z', { type: 'starting', session: 0, attempt: 1 }],
    ['2026-03-02T03:14:12.000Z', { type: 'started', action: action(0, 'Pending', []) }],
    ['2026-03-02T03:16:00.000Z', { type: 'action seen', action: timed }],
    [TRANSCRIPT.storedAt, { type: 'result stored', session: 0, index: 0, item: TRANSCRIPT }],
    [ARCHIVE.storedAt, { type: 'result stored', session: 0, index: 1, item: ARCHIVE }],
    ['2026-03-02T03:18:25.600Z', { type: 'manifest written', sha256: 'e'.repeat(64) }],
  ]);
  const record = describePackage(collection, custody, '0.1.0', sha256);
  expect(packageRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  expect(record.machineActions[0]?.commands).toEqual([
    {
      index: 0,
      type: 'RunScript',
      status: 'Completed',
      startedAt: '2026-03-02T03:15:01.123Z',
      endedAt: '2026-03-02T03:15:31.000Z',
    },
    { index: 1, type: 'GetFile', status: 'Completed', startedAt: null, endedAt: '2026-03-02T03:15:31.000Z' },
  ]);
});

describe('what the files of a package say of it', () => {
  const { collection, custody } = liveWell({ plan: PLAN_WITH_FILES });
  const record = describePackage(collection, custody, '0.1.0', sha256, WORDS);

  test('fits the schema as it is', () => {
    expect(packageRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  test('tells why the profile was chosen, and what the alert says of itself', () => {
    expect(record.profile.why).toEqual(['operatingSystem: windows', 'severity: High or Medium']);
    expect(record.alert).toMatchObject({
      category: 'Execution',
      detectionSource: 'WindowsDefenderAtp',
      createdAt: '2026-03-02T03:13:57.1234567Z',
    });
    expect(record.machine.osPlatform).toBe('Windows11');
  });

  test('compares each of the alert’s files with what was found, and gives a reason for what is not there', () => {
    expect(
      record.relatedFiles.map(({ path, state, heldIn, comparison }) => [path, state, heldIn, comparison.verdict]),
    ).toEqual([
      ['C:\\Users\\mia\\dropper.exe', 'collected', 'data/0-1-getfile/content', 'same'],
      ['C:\\Windows\\Temp\\swapped.dll', 'collected', 'data/0-1-getfile/content', 'changed'],
      ['C:\\Users\\mia\\gone.ps1', 'not collected', null, 'gone'],
      ['C:\\Users\\mia\\nohash.js', 'not collected', null, 'not comparable'],
      [null, 'not requested', null, 'not comparable'],
    ]);
    expect(record.relatedFiles.map(({ reason }) => reason)).toEqual([
      null,
      null,
      'It was not there any more, as reported by the machine.',
      'It was too large to be collected, as reported by the machine.',
      'The alert gives no path of it.',
    ]);
  });

  test('sets the machine’s clock against ours, and its script against the reviewed one', () => {
    expect(record.scriptRuns).toEqual([
      {
        session: 0,
        index: 0,
        script: 'Evidence-Triage.ps1',
        reportedSha256: 'b'.repeat(64),
        isReviewed: 'yes',
        startedAt: '2026-03-02T03:16:11Z',
        endedAt: '2026-03-02T03:18:10Z',
        bootAt: '2026-02-27T06:00:00Z',
        zone: 'W. Europe Standard Time',
        items: 122,
        errors: 4,
        clock: {
          machineUtc: '2026-03-02T03:18:10Z',
          earliestAt: '2026-03-02T03:14:09.500Z',
          latestAt: '2026-03-02T03:18:20.000Z',
          verdict: 'agrees',
          leastMs: -10_000,
          mostMs: 241_500,
        },
      },
    ]);
    const other = { ...SAID, scriptSha256: '0'.repeat(64), machineUtc: null };
    const words = { ...WORDS, testimonies: [{ session: 0, index: 0, said: other }] };
    expect(describePackage(collection, custody, '0.1.0', sha256, words).scriptRuns).toMatchObject([
      { isReviewed: 'no', clock: null },
    ]);
  });

  test('names what our own run left on the machine', () => {
    expect(record.leftOnMachine.map(({ what, name }) => [what, name])).toEqual([
      ['process', 'Evidence-Triage.ps1'],
      ['folder', `C:\\Windows\\Temp\\evidence-collector-${COLLECTION_ID}-0`],
    ]);
  });

  test('a script without an answer leaves a row with a reason for each file that was asked of it', () => {
    const words = { ...WORDS, testimonies: [{ session: 0, index: 0, said: null }] };
    const silent = describePackage(collection, custody, '0.1.0', sha256, words);
    expect(silent.scriptRuns).toEqual([]);
    expect(silent.relatedFiles.slice(0, 4).map(({ state, reason }) => [state, reason])).toEqual(
      Array.from({ length: 4 }, () => ['not collected', 'The script gave no answer that can be read.']),
    );
  });

  test('a file that another alert asked for has a row as well', () => {
    const words = { ...WORDS, basis: { ...WORDS.basis, relatedFiles: FILES.slice(0, 1) } };
    const { relatedFiles } = describePackage(collection, custody, '0.1.0', sha256, words);
    expect(relatedFiles.map(({ path, sha256: hash }) => [path, hash])).toEqual(
      FILES.slice(0, 4).map(({ path, sha256: hash }) => [path, hash]),
    );
  });

  test.each([
    ['itself', { sha1: 'b'.repeat(40) }],
    ['out of its gzip', { inside: { bytes: 1, sha256: '0'.repeat(64), sha1: 'b'.repeat(40), md5: '8'.repeat(32) } }],
  ])('a file that GetFile brought is compared %s, by whichever hash the alert has', (_, hashes) => {
    const [, , , sha1Only] = FILES;
    if (sha1Only?.path === undefined || sha1Only.path === null) throw new Error('It has a path.');
    const item = { ...ARCHIVE, path: 'data/0-2-getfile/content', ...hashes };
    const plan: Plan = {
      ...PLAN_WITH_FILES,
      sessions: [
        {
          commands: [
            ...(PLAN_WITH_FILES.sessions[0]?.commands ?? []),
            { type: 'GetFile', path: sha1Only.path, madeBy: null },
          ],
        },
      ],
    };
    const lived = liveWell({ plan, items: [TRANSCRIPT, ARCHIVE, item] });
    const { relatedFiles } = describePackage(lived.collection, lived.custody, '0.1.0', sha256, WORDS);
    expect(relatedFiles[3]).toMatchObject({
      state: 'collected',
      heldIn: 'data/0-2-getfile/content',
      comparison: {
        verdict: 'same',
        against: 'storage',
        explanation: 'Same: the stored file has the SHA-1 of the alert.',
      },
    });
  });

  test('an archive that is missing holds no file, whatever the script said', () => {
    const results = collection.results.map((result) =>
      result.command === 'GetFile' && result.status === 'stored'
        ? { ...result, status: 'missing' as const, failure: 'The file was not found.' }
        : result,
    );
    const lost = describePackage({ ...collection, results }, custody, '0.1.0', sha256, WORDS);
    expect(lost.relatedFiles[0]).toMatchObject({
      state: 'not collected',
      reason: 'The archive that holds it is missing.',
      heldIn: null,
      comparison: { verdict: 'same', against: 'machine' },
    });
  });
});

test('a record of an earlier version is read, and lacks what was not written then', () => {
  const record = packageRecordSchema.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, 'package-record.earlier.json'), 'utf8')),
  );
  expect(record).toMatchObject({ relatedFiles: [], scriptRuns: [], leftOnMachine: [], retryOf: null, united: [] });
  expect(record.profile.why).toEqual([]);
});
