import { isObject, readField, readJsonText, readText } from './read-field.ts';

/** What may lie around an item: deeper than this nothing is looked for. */
const MOST_LAYERS = 6;
const WRAPPERS = ['triggerBody', 'body', 'alert'] as const;

/** What an envelope holds, and what kind of one it is. */
interface Opened {
  readonly inside: unknown;
}

/** What a payload holds once its lists and envelopes are opened, in order, and whether it came as events. */
export interface Unwrapped {
  readonly items: readonly unknown[];
  readonly envelope: 'events' | 'none';
}

/**
 * Opens lists, streamed records, Event Grid events and CloudEvents, and what a workflow has put around a payload (`body`,
 * `alert`, `triggerBody`). `isKnown` tells an item that is a payload itself, in which nothing is looked for.
 */
export function unwrap(payload: unknown, isKnown: (item: object) => boolean): Unwrapped {
  let hasEvents = false;
  const open = (value: unknown, layers: number): readonly unknown[] => {
    if (layers > MOST_LAYERS) return [value];
    if (Array.isArray(value)) return value.flatMap((inner) => open(inner, layers + 1));
    if (!isObject(value)) return [value];
    const event = openEvent(value);
    if (event !== null) {
      hasEvents = true;
      return open(readJsonText(event.inside), layers + 1);
    }
    if (isKnown(value)) return [value];
    const inner = openList(value) ?? openWrapper(value);
    return inner === null ? [value] : open(inner.inside, layers + 1);
  };
  const items = open(payload, 0);
  return { items, envelope: hasEvents ? 'events' : 'none' };
}

/** An event of Event Grid's schema, or a CloudEvent (CloudEvents 1.0, JSON format). */
function openEvent(value: object): Opened | null {
  const isEventGrid = readText(value, 'eventType') !== null && readText(value, 'subject') !== null;
  const isCloudEvent = readText(value, 'specversion') !== null && readText(value, 'source') !== null;
  if (!isEventGrid && !isCloudEvent) return null;
  const packed = isCloudEvent ? readText(value, 'data_base64') : null;
  return { inside: packed === null ? (readField(value, 'data') ?? null) : decode(packed) };
}

/** The records of a streamed message, or the values of an answer that lists. */
function openList(value: object): Opened | null {
  for (const name of ['records', 'value']) {
    const inside = readField(value, name);
    if (Array.isArray(inside)) return { inside };
  }
  return null;
}

function openWrapper(value: object): Opened | null {
  for (const name of WRAPPERS) {
    const inside = readJsonText(readField(value, name));
    if (typeof inside === 'object' && inside !== null) return { inside };
  }
  return null;
}

function decode(base64: string): unknown {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
