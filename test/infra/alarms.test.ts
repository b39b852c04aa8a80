import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLLECTION_STATUSES } from '../../shared/domain/collection.ts';

const root = new URL('../../', import.meta.url);
const alarms = readFileSync(new URL('infra/modules/alarms.bicep', root), 'utf8');
const operate = readFileSync(new URL('docs/operate.md', root), 'utf8');
const code = ['shared/', 'shared/pipeline/']
  .flatMap((folder) => readdirSync(new URL(folder, root)).map((file) => `${folder}${file}`))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(new URL(file, root), 'utf8'))
  .join('\n');

describe('the alarms', () => {
  it('ask only for lines that the collector writes', () => {
    const events = [...alarms.matchAll(/line\.event == "([^"]+)"/g)].map(([, event]) => String(event));
    expect(events.length).toBeGreaterThan(5);
    expect(events.filter((event) => !code.includes(`event: '${event}'`))).toEqual([]);
  });

  it('ask only for fields that those lines have', () => {
    const fields = [...alarms.matchAll(/line\.(\w+) (?:==|>)/g)].map(([, field]) => String(field));
    const known = ['event', 'to', 'outcome', 'status'];
    expect(fields.filter((field) => !known.includes(field))).toEqual([]);
    for (const field of ['to: next.status', 'outcome: outcome.outcome']) expect(code).toContain(field);
  });

  it('ask of a stuck collection only for states that there are, and that wait for no machine', () => {
    const [, list = ''] = /state in \(([^)]+)\)/.exec(alarms) ?? [];
    const states = [...list.matchAll(/"(\w+)"/g)].map(([, state]) => String(state));
    expect(states.filter((state) => !COLLECTION_STATUSES.some((known) => known === state))).toEqual([]);
    for (const state of ['planned', 'starting', 'running']) expect(states).not.toContain(state);
    expect(states).toHaveLength(3);
  });

  it('tell the one app that they are of before they count', () => {
    expect(alarms).toMatch(/^var lines = 'AppTraces \| where _ResourceId =~ "\$\{componentId\}" \| /m);
    expect(alarms).toContain('query: alarm.query\n');
  });

  it('each lead to a section of the manual', () => {
    const sections = [...alarms.matchAll(/See operate\.md, ([^.]+)\./g)].map(([, section]) => section);
    expect(sections.length).toBeGreaterThan(5);
    expect(sections.filter((section) => !operate.includes(`### ${section}\n`))).toEqual([]);
  });
});
