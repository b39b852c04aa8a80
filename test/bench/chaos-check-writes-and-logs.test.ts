import { describe, expect, it } from 'vitest';
import { checkLogs } from '../../bench/chaos/check-logs.ts';
import { countFaults, measureStarts } from '../../bench/chaos/measure-starts.ts';
import type { Passing } from '../../bench/chaos/passage.ts';
import { watchWrites } from '../../bench/chaos/watch-writes.ts';
import { collectionOf, ID } from './chaos-samples.ts';

const BLOB = `evidence/${ID}/bagit.txt`;

function write(changes: Partial<Passing> = {}): Passing {
  return {
    ...{ service: 'blob', call: 'text', method: 'PUT', path: `/devstoreaccount1/${BLOB}` },
    headers: { 'if-none-match': '*' },
    ...changes,
  };
}

describe('I5: writes to evidence', () => {
  const watchOne = () => {
    const { watcher, ...watch } = watchWrites();
    const pass = (passing: Passing, status: number, etag: string | null) => {
      watcher.onArrival(passing);
      watcher.onAnswer(passing, { status, etag });
    };
    return { ...watch, pass };
  };

  it('finds nothing where a blob was written once and a second write was refused', () => {
    const watch = watchOne();
    watch.pass(write(), 201, '"0x1"');
    watch.pass(write(), 409, null);
    expect(watch.findOverwritten([{ path: BLOB, etag: '0x1' }])).toEqual([]);
    expect(watch.counts()).toEqual({ written: 1, refused: 1 });
  });

  it('finds a write without If-None-Match, and a second one that was taken', () => {
    const watch = watchOne();
    watch.pass(write({ headers: {} }), 201, '"0x1"');
    watch.pass(write({ call: 'commit' }), 201, '"0x2"');
    expect(watch.findOverwritten([{ path: BLOB, etag: '0x1' }]).map(({ what }) => what)).toEqual([
      'A "text" was sent without If-None-Match.',
      'It was written twice, and both were taken.',
    ]);
  });

  it('finds a blob that is another than was written, one that nobody wrote, and one that is gone', () => {
    const watch = watchOne();
    watch.pass(write(), 201, '"0x1"');
    expect(watch.findOverwritten([{ path: BLOB, etag: '0x2' }])).toHaveLength(1);
    expect(
      watch.findOverwritten([
        { path: BLOB, etag: '0x1' },
        { path: 'evidence/x', etag: '0x1' },
      ]),
    ).toHaveLength(1);
    expect(watch.findOverwritten([])).toEqual([{ what: 'It was written and is gone.', where: BLOB }]);
  });

  it('looks at nothing else that goes by', () => {
    const watch = watchOne();
    watch.pass(write({ call: 'block', headers: {} }), 201, null);
    watch.pass(write({ call: 'ticket', headers: {} }), 201, '"0x1"');
    expect(watch.findOverwritten([])).toEqual([]);
  });
});

describe('I7: logs', () => {
  const secrets = { 'the access token': 'eyJ.TOKEN.', nothing: '' };
  it('finds a secret and a signature by their lines, and does not repeat them', () => {
    const text = 'a line\nwith eyJ.TOKEN. in it\nGET http://127.0.0.1:1/x?sv=1&sig=SECRET\n';
    const found = checkLogs([{ file: 'first-001.log', text }], secrets);
    expect(found).toEqual([
      { what: 'A log line holds the access token.', where: 'first-001.log:2' },
      { what: 'A log line holds a signature.', where: 'first-001.log:3' },
    ]);
    expect(checkLogs([{ file: 'x', text: 'design=1 and assigned' }], secrets)).toEqual([]);
  });
});

describe('the figures of starts', () => {
  const line = (fields: object) => `${JSON.stringify(fields)}\n`;
  const dispatched = line({ event: 'dispatch', collection: ID, outcome: 'started' });
  const taken = line({ event: 'transition', cause: 'started', collection: ID });

  it('count one as answered only if the process that was answered also took it in', () => {
    const whole = [{ file: '1', text: dispatched + taken }];
    expect(measureStarts([collectionOf()], whole)).toMatchObject({ answered: 1, recovered: 0 });
    const cut = [
      { file: '1', text: `${dispatched}{"event":"trans` },
      { file: '2', text: taken },
    ];
    expect(measureStarts([collectionOf()], cut)).toMatchObject({ answered: 0, recovered: 1 });
  });

  it('count faults by their code, and failures by their function', () => {
    const fault = line({ event: 'fault', code: 'storage' });
    const failure = '2026-10-01T10:00:00.000Z [error] copy-result: Error: it cannot be copied yet';
    const text = `${fault}${fault}${failure}\n2026-10-01T10:00:00.000Z [warning] host: [error] x: y\n`;
    expect(countFaults([{ file: '1', text }])).toEqual([
      ['storage', 2],
      ['failures of copy-result', 1],
    ]);
  });
});
