import { expect, it } from 'vitest';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld } from '../../memory/world.ts';

const MINUTE_MS = 60_000;

/** A collection whose live response ended and whose results Defender does not hand out yet. */
async function awaitResults() {
  const world = makeWorld();
  await receiveAlert(world.ports, { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null }, 'http');
  await pollMachineActions(world.ports);
  const [action = ''] = world.actions.keys();
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
  world.passTime(15_000);
  await pollMachineActions(world.ports);
  return { world, action };
}

it('what the first ticket cannot copy is thrown, so that the platform shows it; a later ticket leaves it to the poll, which writes the next', async () => {
  const { world, action } = await awaitResults();
  const [first = ''] = world.tickets;
  expect(first).toMatch(/\/0-0-1\.json$/);
  await expect(takeTicket(world.ports, first, undefined)).rejects.toThrow(/cannot be copied yet/);

  world.passTime(4 * MINUTE_MS);
  await pollMachineActions(world.ports);
  const later = first.replace('-1.json', '-2.json');
  expect([...world.tickets]).toContain(later);
  await takeTicket(world.ports, later, undefined);
  expect(world.logs).toContainEqual({
    event: 'ticket put off',
    collection: first.slice(0, 32),
    session: 0,
    index: 0,
    attempt: 2,
    code: 'not yet',
  });
  expect([...world.tickets]).toContain(later);

  world.results.set(`${action}/0`, '{"exit_code":0,"script_output":"done"}').set(`${action}/1`, 'the archive');
  world.passTime(7 * MINUTE_MS);
  await pollMachineActions(world.ports);
  expect((await world.ports.collections.load(first.slice(0, 32)))?.collection.status).toBe('collected');
});

it('a later ticket whose link leads nowhere is not thrown either, and its log line holds no link', async () => {
  const { world } = await awaitResults();
  const [first = ''] = world.tickets;
  world.passTime(4 * MINUTE_MS);
  await pollMachineActions(world.ports);
  const ports = {
    ...world.ports,
    evidence: {
      ...world.ports.evidence,
      copyResult: () => Promise.reject(new Error('403 from https://results.example.com/x?sig=SECRET')),
    },
  };
  await takeTicket(ports, first.replace('-1.json', '-2.json'), undefined);
  const [line] = world.logs.filter(({ event }) => event === 'ticket put off');
  expect(line).toMatchObject({ attempt: 2 });
  expect(JSON.stringify(line)).not.toMatch(/SECRET|results\.example/);
});
