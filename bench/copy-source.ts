/** The source of `npm run bench:copy`: the simulator's storage of results with one generated result of `--mib`, a gzip by `--gzip`; tells its link to who started it. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { realClock } from '../local/simulator/clock.ts';
import { createCallLog } from '../local/simulator/http/call-log.ts';
import { createFaults } from '../local/simulator/http/fault.ts';
import { listenOnLoopback } from '../local/simulator/http/listen.ts';
import { generatedContent, generatedGzip } from '../local/simulator/results/generated-content.ts';
import { signLink } from '../local/simulator/results/link-signature.ts';
import { createResult } from '../local/simulator/results/result.ts';
import { createLinkServer } from '../local/simulator/results/serve-links.ts';
import { defaultSwitches } from '../local/simulator/switches.ts';

const { values } = parseArgs({ options: { mib: { type: 'string' }, gzip: { type: 'boolean' } } });
const bytes = Number(values.mib) * 1024 * 1024;
const nowMs = Date.now();
const content = values.gzip
  ? generatedGzip(bytes, 'bench', { fileName: 'result.bin', modifiedMs: nowMs, packedOn: 'windows' })
  : generatedContent(bytes, 'bench');
// The sum in a gzip's last bytes is made once, and not while a copy waits for it.
for await (const _ of content.read(content.lengthBytes - 1, content.lengthBytes));

const result = createResult('bench', { machineId: 'bench', comment: 'bench', index: 0 }, content, nowMs);
const key = randomBytes(32);
const server = createLinkServer({
  results: new Map([[result.blobPath, result]]),
  key,
  clock: realClock,
  calls: createCallLog(realClock),
  takeFault: createFaults([]),
  switches: defaultSwitches,
  signal: new AbortController().signal,
});
const origin = await listenOnLoopback(server, 0);
process.once('disconnect', () => process.exit());
process.send?.({
  link: signLink({ origin, blobPath: result.blobPath, key, nowMs, lifetimeMs: 86_400_000 }),
  bytes: content.lengthBytes,
});
