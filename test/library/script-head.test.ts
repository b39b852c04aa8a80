import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHead } from '../../local/copy-script-head.ts';
import { unixLibrary } from './linux-machine.ts';

const names = readdirSync(unixLibrary);
const read = (name: string): string => readFileSync(join(unixLibrary, name), 'utf8');

test.each(names)('%s has the head of all, byte for byte, once', (name) => {
  expect(readHead(read(name))).toBe(readHead(read('evidence-triage.sh')));
  expect(read(name).match(/^# ===== /gm)).toHaveLength(2);
});

test.each(names)('%s names itself as its file is named, and runs nothing before its head', (name) => {
  expect(read(name)).toContain(`\nreadonly SCRIPT=${name}\n`);
  expect(read(name).slice(0, read(name).indexOf('# ===== head'))).toMatch(/^#!\/bin\/sh\n(#.*\n|\n)*$/);
});
