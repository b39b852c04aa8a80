import { describe, expect, it } from 'vitest';
import { packageRecordSchema } from '../../../shared/domain/package-record-schema.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { ALERT_ID, alert, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, SCRIPT_SHA256 } from '../../memory/world.ts';

const encode = (text: string) => Buffer.from(text).toString('base64url');

const ANSWER = {
  v: 1,
  ok: true,
  script: { sha256: SCRIPT_SHA256 },
  machine: { utc: '2026-11-20T10:00:00Z', zone: 'Etc/UTC', bootAt: '2026-11-01T00:00:00Z' },
  items: 7,
  errors: 0,
  files: [{ path: encode(alert.files[0]?.path ?? ''), status: 'collected', sha256: 'e'.repeat(64), bytes: 9 }],
};

function transcribe(output: string): string {
  return JSON.stringify({ script_name: 'x', exit_code: 0, script_output: output, script_errors: 'one <b>error</b>' });
}

/** Collects one alert whose script prints that, and gives what was sealed. */
async function sealWith(output: string) {
  const world = makeWorld();
  const reference = { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null };
  const { collection } = await receiveAlert(world.ports, reference, 'http');
  await pollMachineActions(world.ports);
  const [action = ''] = world.actions.keys();
  world.results.set(`${action}/0`, transcribe(output)).set(`${action}/1`, 'the archive');
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
  world.passTime(15_000);
  await pollMachineActions(world.ports);
  for (const name of [...world.tickets]) await takeTicket(world.ports, name, undefined);
  const read = (path: string) => world.blobs.get(`${collection.id}/${path}`) ?? '';
  return { record: packageRecordSchema.parse(JSON.parse(read('collection.json'))), report: read('report.html') };
}

describe('what a package says of itself when it is sealed', () => {
  it('is read from its plan and its transcripts', async () => {
    const answer = `-----BEGIN EVIDENCE ANSWER-----\n${encode(JSON.stringify(ANSWER))}\n-----END EVIDENCE ANSWER-----\n`;
    const { record, report } = await sealWith(`looking around\n${answer}`);
    expect(record.profile.why).toEqual(['operatingSystem: linux']);
    expect(record.alert).toMatchObject({ category: 'Execution', createdAt: '2026-11-20T08:00:00.000Z' });
    expect(record.relatedFiles).toMatchObject([
      { path: '/usr/local/bin/kdevtmpfsi', state: 'collected', comparison: { verdict: 'changed', against: 'machine' } },
    ]);
    expect(record.scriptRuns).toMatchObject([{ isReviewed: 'yes', items: 7, clock: { verdict: 'ahead' } }]);
    expect(record.leftOnMachine.map(({ what }) => what)).toEqual(['process', 'folder']);
    expect(report).toContain('looking around\n-----BEGIN EVIDENCE ANSWER-----');
    expect(report).toContain('one &lt;b&gt;error&lt;/b&gt;');
  });

  it('of a transcript that is too long to be looked into nothing is read, and it is sealed all the same', async () => {
    const { record, report } = await sealWith('x'.repeat(4 * 1024 * 1024));
    expect(record.outcome).toBe('collected');
    expect(record.scriptRuns).toEqual([]);
    expect(record.relatedFiles).toMatchObject([
      { state: 'not collected', reason: 'The script gave no answer that can be read.' },
    ]);
    expect(report).not.toContain('<details>');
  });
});
