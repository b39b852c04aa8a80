import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostileNames } from './hostile-names.ts';
import { runScript } from './linux-machine.ts';
import { describeMacRun } from './macos-run.ts';
import { encodeRequest } from './script-contract.ts';

// All of it, in dash as well, and with more names: macos-script.long.test.ts. All names are asked of the same head on Linux.
describeMacRun(
  'bash',
  hostileNames.filter((_, index) => index % 16 === 3),
  'collect_recent_files',
);

test('the triage for macOS refuses to run elsewhere, and says where it would', async () => {
  const script = join(import.meta.dirname, '../../library/unix/evidence-triage-macos.sh');
  const { answer } = await runScript('dash', [encodeRequest({})], { script });
  expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(/not Darwin but Linux/) });
});
