import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ask } from './simulator-under-test.ts';

const main = new URL('../../../local/simulator/main.ts', import.meta.url).pathname;

test('it starts alone, prints where it is and a token that works, and leaves nothing behind', async () => {
  const child = spawn(process.execPath, [main, '--port', '0', '--link-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (/malicious app/i.test(output)) break;
  }
  const value = (label: string): string => new RegExp(`^${label} +(\\S+)`, 'm').exec(output)?.[1] ?? '';
  const headers = { authorization: `Bearer ${value('Access token')}` };

  const answer = await ask(`${value('Defender for Endpoint API')}/api/alerts/${value('Alert')}`, { headers });

  expect(answer.body).toMatchObject({ severity: 'High', evidence: [{ fileName: 'suspect.sh' }, {}, {}, {}, {}] });
  expect(value('Result links')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const [row] = Array.isArray(answer.body['evidence']) ? answer.body['evidence'] : [];
  expect(existsSync(row.filePath)).toBe(true);
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(existsSync(row.filePath)).toBe(false);
});

test('started with a manual clock and half the limits, it is driven by its admin routes', async () => {
  const child = spawn(process.execPath, [main, '--manual-clock', '--halve-limits'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (/malicious app/i.test(output)) break;
  }
  const value = (label: string): string => new RegExp(`^${label} +(\\S+)`, 'm').exec(output)?.[1] ?? '';
  const url = value('Defender for Endpoint API');
  const headers = { authorization: `Bearer ${value('Access token')}` };
  const statuses = [];
  for (let call = 0; call < 51; call += 1) statuses.push((await ask(`${url}/api/alerts`, { headers })).status);
  expect(statuses.indexOf(429)).toBe(50);
  const clock = await ask(`${url}/admin/clock`, { method: 'POST', body: JSON.stringify({ advanceMs: 60_000 }) });
  expect(clock.status).toBe(200);
  expect((await ask(`${url}/api/alerts`, { headers })).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

test('a port that is none is refused with what to give', async () => {
  const child = spawn(process.execPath, [main, '--port', 'x'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  for await (const chunk of child.stderr) errors += String(chunk);
  expect(errors).toContain('--port is x, which is no port. Give a number from 0 (any free port) to 65535.');
});
