import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { startAzurite } from '../../local/storage/start-azurite.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the manual packs for a deployment. */
function readPacked(): readonly string[] {
  const [, names = ''] = /zip -qr app\.zip (.+)$/m.exec(readFileSync(join(root, 'docs/deploy.md'), 'utf8')) ?? [];
  return names.split(/[ )]/).filter((name) => name !== '' && name !== '&&');
}

/** The names that the sources register. */
const registered = readdirSync(join(root, 'functions'))
  .map((file) => readFileSync(join(root, 'functions', file), 'utf8'))
  .flatMap((code) => [...code.matchAll(/app\.\w+\('([a-z-]+)'/g)].map(([, name]) => String(name)))
  .sort();

it('what is deployed starts from its own folder alone, registers every function, and serves health', async () => {
  const packed = readPacked();
  expect(packed).toContain('dist');
  const folder = mkdtempSync(join(tmpdir(), 'packed-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of packed) cpSync(join(root, name), join(folder, name), { recursive: true });
  const storage = await startAzurite({});
  onTestFinished(() => storage.close());
  const host = spawn(
    process.execPath,
    [join(root, 'local/host/main.ts'), '--port', '0', '--app', join(folder, 'dist/app.mjs')],
    {
      cwd: folder,
      env: {
        ...process.env,
        StateStorage: storage.connectionString,
        EvidenceStorage: storage.connectionString,
        DEFENDER_ACCESS_TOKEN: 'none',
        DEFENDER_API_URL: 'http://127.0.0.1:9',
        MODE: 'observe',
        DISCOVER_ALERTS: 'true',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => host.once('exit', resolve));
  onTestFinished(async () => {
    host.kill('SIGTERM');
    await ended;
  });
  const names: string[] = [];
  let url = '';
  for await (const line of createInterface({ input: host.stdout })) {
    const [, name] = /^([a-z-]+) \w+Trigger /.exec(line) ?? [];
    if (name !== undefined) names.push(name);
    [, url = ''] = /^Listening on (\S+)/.exec(line) ?? [];
    if (url !== '') break;
  }
  expect(names.sort()).toEqual(registered);
  const health = await fetch(`${url}/api/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ mode: 'observe' });
});
