import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const pages = [
  'README.md',
  'infra/README.md',
  'library/README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

it.each(pages)('%s links only to files that exist', (page) => {
  const base = new URL(page, root);
  const links = [...readFileSync(base, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)];
  const missing = links.flatMap(([, target = '']) => (existsSync(new URL(target, base)) ? [] : [target]));
  expect(missing).toEqual([]);
});

it.each(pages)('%s names only npm scripts that exist', (page) => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: object };
  const named = [...readFileSync(new URL(page, root), 'utf8').matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)];
  const missing = named.flatMap(([, name = '']) => (name in scripts ? [] : [name]));
  expect(missing).toEqual([]);
});
