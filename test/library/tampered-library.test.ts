import { describe, expect, it } from 'vitest';
import { syncLibrary } from '../../shared/pipeline/sync-library.ts';
import { NAME, pollUntil, portsOf, readPackage, receive, startOne, TICK_MS, tamper } from './tampered-fleet.ts';

// Swapped while it pends, or once it runs: tampered-library.long.test.ts, and in memory test/shared/pipeline/prove-runs.test.ts.
describe('a script of the tenant’s library', () => {
  it('that was tampered with is never dispatched, until it is replaced knowingly', async () => {
    const on = await startOne(5_000);
    await tamper(on);
    const id = await receive(on);
    for (let polls = 0; polls < 20; polls += 1) {
      await on.clock.advance(TICK_MS);
      await on.pollAll();
    }
    expect(await on.show(id)).toMatchObject({
      status: 'planned',
      reason: expect.stringMatching(
        /evidence-triage\.ps1 .* is not the reviewed script \(put there by .+ on 2026-11-20T/,
      ),
    });
    expect(on.simulator.actions()).toEqual([]);
    expect(on.simulator.calls().filter((call) => call.endpoint === 'runliveresponse')).toEqual([]);

    expect(await syncLibrary(portsOf(on), { does: 'apply', replace: [] })).toMatchObject({
      library: 'lacks reviewed scripts',
    });
    expect(await syncLibrary(portsOf(on), { does: 'apply', replace: [NAME] })).toMatchObject({
      library: 'holds the reviewed scripts',
    });
    expect(await pollUntil(on, id, 'collected')).toMatchObject({ reason: null });
    const { results } = await readPackage(portsOf(on).evidence, id);
    expect(results.map(({ script }) => script?.verdict)).toEqual(['proven', 'proven']);
  });
});
