import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const FORBIDDEN: readonly (readonly [folder: string, specifier: string])[] = [
  ['shared/domain', '../pipeline/ports.ts'],
  ['shared/domain', '../state/ledger.ts'],
  ['shared/domain', 'node:crypto'],
  ['shared/domain', '@azure/storage-blob'],
  ['shared/doors', '../pipeline/ports.ts'],
  ['shared/doors', '../defender/client.ts'],
  ['shared/pipeline', '../doors/reply.ts'],
  ['shared/pipeline', '../defender/client.ts'],
  ['shared/pipeline', '../evidence/tickets.ts'],
  ['shared/pipeline', '../state/ledger.ts'],
  ['shared/pipeline', '../content/read-library.ts'],
  ['shared/pipeline', '@azure/data-tables'],
  ['shared/pipeline', '../compose.ts'],
  ['shared/defender', '../state/ledger.ts'],
  ['shared/defender', '../evidence/tickets.ts'],
  ['shared/defender', '../pipeline/ports.ts'],
  ['shared/state', '../evidence/tickets.ts'],
  ['shared/state', '../pipeline/ports.ts'],
  ['shared/evidence', '../defender/client.ts'],
  ['shared/evidence', '../pipeline/ports.ts'],
  ['shared/content', '../state/ledger.ts'],
  ['shared/events', '../evidence/tickets.ts'],
  ['shared/events', '../pipeline/ports.ts'],
  ['functions', '../shared/state/ledger.ts'],
  ['functions', '../shared/defender/client.ts'],
  ['functions', '../shared/evidence/tickets.ts'],
  ['functions', '../shared/content/read-library.ts'],
  ['functions', '../shared/connect-storage.ts'],
  ['functions', '../shared/compose.ts'],
  ['shared/pipeline', '../collector.ts'],
  ['shared/doors', '../collector.ts'],
  ['shared/doors', '../content/read-library.ts'],
  ['shared/defender', '../collector.ts'],
  ['shared/state', '../connect-storage.ts'],
  ['shared/evidence', '../explain-fault.ts'],
  ['shared/content', '../settings.ts'],
  ['functions', '../test/memory/world.ts'],
  ['shared', '../local/storage/start-azurite.ts'],
  ['shared/domain', '../../local/storage/start-azurite.ts'],
  ['shared/doors', '../../local/storage/start-azurite.ts'],
  ['shared/evidence', '../../local/storage/start-azurite.ts'],
];

const ALLOWED: readonly (readonly [folder: string, specifier: string])[] = [
  ['shared/pipeline', '../domain/alert.ts'],
  ['shared/doors', '../domain/alert.ts'],
  ['shared/state', '../domain/alert.ts'],
  ['shared', './state/ledger.ts'],
  ['functions', '../shared/collector.ts'],
  ['functions', '../shared/doors/reply.ts'],
  ['local/start', '../../shared/state/ledger.ts'],
];

const AMBIENT = [
  'process.env',
  'Buffer.alloc(1)',
  'fetch("x")',
  'setTimeout(() => 1, 1)',
  'crypto.randomUUID()',
  'Date.now()',
  'new Date()',
  'Math.random()',
];

let tree = '';
let said = '';

const nameOf = (kind: string, number: number) => `${kind}-${number}.ts`;

/** A tree of its own with our linter's rules and the planted files, linted once. */
beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'walls-'));
  for (const part of ['biome.json', 'lint']) await cp(join(root, part), join(tree, part), { recursive: true });
  const plant = async (path: string, content: string) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${content}\n`);
  };
  const importing = (specifier: string) => `import * as other from '${specifier}';\n\nexport const used = other;`;
  for (const [number, [folder, specifier]] of FORBIDDEN.entries())
    await plant(`${folder}/${nameOf('forbidden', number)}`, importing(specifier));
  for (const [number, [folder, specifier]] of ALLOWED.entries())
    await plant(`${folder}/${nameOf('allowed', number)}`, importing(specifier));
  for (const [number, expression] of AMBIENT.entries())
    await plant(`shared/domain/${nameOf('ambient', number)}`, `export const used = ${expression};`);
  said = await new Promise((resolve) => {
    const options = { cwd: tree, maxBuffer: 16 * 1024 * 1024 };
    const args = ['lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none'];
    execFile(join(root, 'node_modules/.bin/biome'), args, options, (_, stdout) => resolve(stdout));
  });
});
afterAll(() => rm(tree, { recursive: true, force: true }));

const linesAbout = (name: string) => said.split('\n').filter((line) => line.includes(`/${name},`));

describe('the linter refuses imports that go the other way', () => {
  it.each(FORBIDDEN.map(([folder, specifier], number) => [folder, specifier, number] as const))(
    '%s may not import %s',
    (_, __, number) => {
      expect(linesAbout(nameOf('forbidden', number)).join()).toContain('noRestrictedImports');
    },
  );

  it.each(ALLOWED.map(([folder, specifier], number) => [folder, specifier, number] as const))(
    '%s may import %s',
    (_, __, number) => {
      expect(linesAbout(nameOf('allowed', number)).join()).not.toContain('noRestrictedImports');
    },
  );

  it.each(AMBIENT.map((expression, number) => [expression, number] as const))(
    'the domain may not use %s',
    (_, number) => {
      expect(linesAbout(nameOf('ambient', number)).join()).toMatch(/noRestrictedGlobals|plugin/);
    },
  );
});
