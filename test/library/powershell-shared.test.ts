import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = resolve(import.meta.dirname, '../../library/windows');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.ps1'));

function readBlock(script: string, name: string): string {
  const text = readFileSync(join(folder, script), 'utf8');
  const begin = text.indexOf(
    `\n# ============================================================ ${name}: the same bytes `,
  );
  const end = text.indexOf(`\n# ============================================================ end of ${name}\n`);
  return begin < 0 || end < begin ? '' : text.slice(begin, end);
}

describe.each([
  { name: 'head', users: scripts },
  { name: 'collecting', users: scripts.filter((script) => script !== 'evidence-harvest.ps1') },
])('the block $name', ({ name, users }) => {
  const first = readBlock('evidence-triage.ps1', name);

  test('is there', () => {
    expect(first.length).toBeGreaterThan(5000);
  });

  test.each(users)('has the same bytes in %s', (script) => {
    expect(readBlock(script, name)).toBe(first);
  });
});
