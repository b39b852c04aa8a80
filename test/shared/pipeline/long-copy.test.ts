import { expect, it } from 'vitest';
import { copyLateResults } from '../../../shared/pipeline/copy-late-results.ts';
import { copyResult } from '../../../shared/pipeline/copy-result.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { EvidencePort, Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld } from '../../memory/world.ts';

const MINUTE_MS = 60_000;

/** A collection whose transcript is not there yet and whose archive waits to be copied. */
async function reachCopying() {
  const world = makeWorld();
  const reference = { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null };
  const { collection } = await receiveAlert(world.ports, reference, 'http');
  await pollMachineActions(world.ports);
  const [action = ''] = world.actions.keys();
  world.results.set(`${action}/1`, 'the archive');
  world.endAction(action, 'Failed', [
    ['RunScript', 'Failed'],
    ['GetFile', 'Completed'],
  ]);
  world.passTime(15_000);
  await pollMachineActions(world.ports);
  return { world, id: collection.id };
}

it.each([
  { goesOn: 'goes on', copies: 1 },
  { goesOn: 'stands still', copies: 2 },
])('a copy of ten minutes that $goesOn is made $copies times', async ({ goesOn, copies }) => {
  const { world, id } = await reachCopying();
  const paths: string[] = [];
  const copyFor: EvidencePort['copyResult'] = async (collectionId, path, request) => {
    paths.push(path);
    const isFirst = paths.filter((known) => known === path).length === 1;
    if (isFirst && path.endsWith('content')) {
      for (let minute = 1; minute <= 10; minute += 1) {
        world.passTime(MINUTE_MS);
        if (goesOn === 'goes on') request.onProgress?.();
        // What was noted is stored before the poll looks.
        await new Promise(setImmediate);
        await copyLateResults(ports, id);
      }
    }
    return world.ports.evidence.copyResult(collectionId, path, request);
  };
  const ports: Ports = { ...world.ports, evidence: { ...world.ports.evidence, copyResult: copyFor } };
  await copyResult(ports, id, { session: 0, index: 1 });
  expect(paths.filter((path) => path.endsWith('content'))).toHaveLength(copies);
});
