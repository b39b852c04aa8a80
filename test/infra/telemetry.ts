import { readdirSync, readFileSync } from 'node:fs';

const shared = new URL('../../shared/', import.meta.url);

/** The source of the collector: each file below shared/. */
export const sources: readonly string[] = readdirSync(shared, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(new URL(file, shared), 'utf8'));

/** Which interface a spread has its fields from; of others they are not known, so that no query may ask for them. */
const SPREAD: Readonly<Record<string, string>> = { call: 'CallRecord' };

/** The fields of each event's lines, from the calls of `log` in the source; throws at a call that it cannot read. */
export function readTelemetry(texts: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const events = new Map<string, Set<string>>();
  for (const text of texts) {
    for (const found of text.matchAll(/\blog\(\{/g)) {
      const parts = splitFields(text, found.index + found[0].length);
      const event = parts.map((part) => /^event: '([^']+)'$/.exec(part)?.[1]).find((name) => name !== undefined);
      if (event === undefined) throw new Error(`A line of telemetry names no event: ${parts.join(', ')}`);
      const fields = events.get(event) ?? new Set();
      for (const part of parts) for (const field of nameFields(part, texts)) fields.add(field);
      events.set(event, fields);
    }
  }
  return events;
}

/** The members of an object literal that begins at `start`, split at its own commas. */
function splitFields(text: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const sign = text.charAt(at);
    const isEnd = sign === '}' && depth === 0;
    if (isEnd || (sign === ',' && depth === 0)) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
    if (isEnd) return parts.filter((part) => part !== '');
    if ('({['.includes(sign)) depth += 1;
    if (')}]'.includes(sign)) depth -= 1;
  }
  throw new Error('A call of log does not end.');
}

function nameFields(part: string, texts: readonly string[]): readonly string[] {
  if (part.startsWith('...')) {
    const source = SPREAD[part.slice(3)];
    const body = new RegExp(`interface ${source} \\{([^}]*)\\}`).exec(texts.join('\n'))?.[1] ?? '';
    return [...body.matchAll(/readonly (\w+):/g)].map(([, name]) => String(name));
  }
  const name = /^(\w+)(?::|$)/.exec(part)?.[1];
  if (name === undefined) throw new Error(`A field of telemetry has no plain name: ${part}`);
  return [name];
}

/** Events that a query asks for by `line.event`. */
export function eventsOf(query: string): readonly string[] {
  const named = [...query.matchAll(/line\.event(?:\))? (?:==|in) ("[^"]+"|\([^)]*\))/g)];
  return named.flatMap(([, list = '']) => [...list.matchAll(/"([^"]+)"/g)].map(([, event]) => String(event)));
}

/** What a query asks for that no line of its events has. */
export function findFaults(query: string, telemetry: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const events = eventsOf(query);
  if (events.length === 0 && /\bline\b/.test(query)) return ['it names no event'];
  const fields = new Set(events.flatMap((event) => [...(telemetry.get(event) ?? [])]));
  return [
    ...events.filter((event) => !telemetry.has(event)).map((event) => `no line has the event ${event}`),
    ...[...query.matchAll(/\bline\.(\w+)/g)]
      .filter(([, field]) => field !== 'event' && !fields.has(String(field)))
      .map(([, field]) => `no line of ${events.join(' or ')} has the field ${field}`),
  ];
}
