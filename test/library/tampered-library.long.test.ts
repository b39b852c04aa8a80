import { describe, expect, it } from 'vitest';
import { expectMarked, pollUntil, portsOf, receive, startOne, TICK_MS, tamper } from './tampered-fleet.ts';

describe('a script of the tenant’s library', () => {
  it('that is swapped while a live response pends has it cancelled before the machine takes it up', async () => {
    const on = await startOne(10 * 60_000, 1);
    const id = await receive(on);
    await pollUntil(on, id, 'running');
    await tamper(on);
    await pollUntil(on, id, 'planned');
    const [action] = on.simulator.actions();
    expect(on.simulator.actions()).toHaveLength(1);
    expect(action).toMatchObject({ status: 'Cancelled' });
    expect(action?.commands.every(({ commandStatus }) => commandStatus === 'Created')).toBe(true);
    await on.clock.advance(TICK_MS);
    await on.pollAll();
    expect((await on.show(id)).reason).toContain('is not the reviewed script');
    expect(on.simulator.actions()).toHaveLength(1);
    const custody = (await portsOf(on).collections.readCustody(id)).join('\n');
    expect(custody).toMatch(/"why":"script swapped"/);
  });

  it('that is swapped once it runs and stays so marks what it left', async () => {
    await expectMarked('stays so', 'is not the reviewed script any more');
  });

  it('that is swapped once it runs and is swapped back before anyone looks marks what it left', async () => {
    await expectMarked('is swapped back', 'was changed since and is the reviewed script again');
  });
});
