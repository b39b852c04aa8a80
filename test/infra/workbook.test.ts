import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { COLLECTION_STATUSES, stageOf } from '../../shared/domain/collection.ts';
import { eventsOf, findFaults, readTelemetry, sources } from './telemetry.ts';

const infra = new URL('../../infra/', import.meta.url);
const alarms = readFileSync(new URL('modules/alarms.bicep', infra), 'utf8');
const main = readFileSync(new URL('main.bicep', infra), 'utf8');
const bicep = readFileSync(new URL('modules/workbook.bicep', infra), 'utf8');
const text = readFileSync(new URL('workbook.json', infra), 'utf8');

const workbook = z
  .object({
    version: z.literal('Notebook/1.0'),
    fallbackResourceIds: z.tuple([z.literal('{workspaceId}')]),
    items: z.array(
      z.object({ type: z.number(), name: z.string(), content: z.looseObject({ query: z.string().optional() }) }),
    ),
  })
  .parse(JSON.parse(text));

const queries = workbook.items.flatMap(({ name, content: { query } }) =>
  query === undefined ? [] : [[name, query] as const],
);
const telemetry = readTelemetry(sources);

/** Queries of the alarms, of which each asks for one event. */
const alarmQueries = [...alarms.matchAll(/query: '\$\{lines\} \| (where [^']+)'/g)].map(([, query]) => String(query));

describe('the telemetry, as the code writes it', () => {
  it('is read whole', () => {
    expect([...(telemetry.get('transition') ?? [])]).toEqual(
      expect.arrayContaining(['event', 'cause', 'collection', 'machine', 'from', 'to', 'tries', 'ageMs']),
    );
    expect([...(telemetry.get('defender call') ?? [])].sort()).toEqual(
      ['durationMs', 'endpoint', 'event', 'method', 'status', 'tries'].sort(),
    );
    const calls = sources.join('\n').match(/\blog\(\{/g) ?? [];
    expect(calls.length).toBeGreaterThan(15);
  });

  it('cannot be read where a field is computed', () => {
    expect(() => readTelemetry(["log({ event: 'x', [name]: 1 })"])).toThrow('no plain name');
    expect(() => readTelemetry(['log({ ...line })'])).toThrow('names no event');
  });
});

describe('the workbook', () => {
  it('has a name for each part, and one for no two', () => {
    const names = workbook.items.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(queries.length).toBeGreaterThan(10);
  });

  it.each(queries)('asks in "%s" only for what lines have', (_, query) => {
    expect(findFaults(query, telemetry)).toEqual([]);
    expect(query).toMatch(/^(?:AppTraces\n\| extend line = parse_json\(Message\)|StorageBlobLogs)\n/);
  });

  it('knows every end of a collection, and no state that there is none of', () => {
    const lists = [...text.matchAll(/state !?in \(((?:\\"\w+\\"(?:, )?)+)\)/g)].map(([, list = '']) =>
      [...list.matchAll(/\w+/g)].map(([state]) => state).sort(),
    );
    const ended = COLLECTION_STATUSES.filter((status) => stageOf(status) === 'ended').sort();
    expect(lists.length).toBeGreaterThan(1);
    for (const list of lists) expect(list).toEqual(ended);
    const states = [...text.matchAll(/line\.(?:to|from)\)? (?:==|in) (\\"\w+\\"|\([^)]*\))/g)]
      .flatMap(([, list = '']) => [...list.matchAll(/\w+/g)])
      .map(([state]) => state);
    expect(states).toContain('sealing');
    expect(states.filter((state) => !COLLECTION_STATUSES.some((known) => known === state))).toEqual([]);
  });

  it('is deployed with the workspace in the place of its mark', () => {
    expect(bicep).toContain("replace(loadTextContent('../workbook.json'), '{workspaceId}', workspaceId)");
    expect(main).toMatch(
      /module workbook 'modules\/workbook\.bicep'[\s\S]*?workspaceId: monitoring\.outputs\.workspaceId/,
    );
    expect(text.match(/\{workspaceId\}/g)).toHaveLength(1);
  });

  it.each([
    ['line.ageMs', 'line.age', 'no line of transition has the field age'],
    ['line.outcome', 'line.result', 'has the field result'],
    ['line.event == \\"dispatch\\"', 'line.event == \\"start\\"', 'no line has the event start'],
    ['line.event == \\"poll\\"', 'line.event != \\"poll\\"', 'it names no event'],
  ])('with %s planted as %s is found wrong', (right, planted, fault) => {
    expect(text).toContain(right);
    const parsed = JSON.parse(text.replaceAll(right, planted)) as typeof workbook;
    const faults = parsed.items.flatMap(({ content: { query } }) =>
      query === undefined ? [] : findFaults(query, telemetry),
    );
    expect(faults.join('\n')).toContain(fault);
  });
});

describe('the alarms', () => {
  it.each(alarmQueries)('"%s" asks only for fields that such lines have', (query) => {
    const known = eventsOf(query).every((event) => telemetry.has(event));
    if (known) expect(findFaults(query, telemetry)).toEqual([]);
    // Whether the event itself is one is asked in alarms.test.ts.
    else expect(query.match(/\bline\.\w+/g)).toEqual(['line.event']);
  });

  it('are all looked at', () => {
    expect(alarmQueries).toHaveLength([...alarms.matchAll(/^ {4}query: /gm)].length);
    expect(findFaults('where line.event == "transition" and line.too == "failed"', telemetry)).toEqual([
      'no line of transition has the field too',
    ]);
  });
});
