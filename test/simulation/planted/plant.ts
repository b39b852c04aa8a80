import { registerHooks } from 'node:module';
import { PLANTED_BUGS } from './bugs.ts';
import { applyChanges } from './apply-changes.ts';

/** Loaded before anything else in a process of its own: whatever it loads of the product has the bug that the environment names. */
const name = process.env['PLANTED_BUG'] ?? '';
const bug = PLANTED_BUGS.find((known) => known.name === name);
if (bug === undefined) throw new Error(`There is no planted bug '${name}'.`);

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const changes = bug.changes.filter(({ file }) => url.endsWith(`/${file}`));
    if (changes.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
    const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
    return { ...loaded, source: applyChanges(source, changes) };
  },
});
