import type { Chance } from '../../simulation/chance.ts';

/** What may stand where something else is expected. */
const STRANGERS: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  '../../etc/passwd',
  "da1' or 1 eq 1",
  'https://169.254.169.254/?sig=SECRET',
  '\u0000\u202e\ud800',
  'x'.repeat(5_000),
  '[{"alertId":"da1_1"',
  '{"__proto__":{"alertId":"da1_1"}}',
  [],
  {},
  [[[[[[[[[[{ alertId: 'da1_1' }]]]]]]]]]],
  { toString: 1, constructor: null, hasOwnProperty: 2 },
];

/** A payload's text with one to four things in it that no sender meant; some of it is no JSON any more. */
export function mutatePayload(text: string, chance: Chance): string {
  let payload: unknown = JSON.parse(text);
  const changes = chance.between(1, 4);
  for (let change = 0; change < changes; change += 1) payload = mutateValue(payload, chance);
  const written = JSON.stringify(payload) ?? '';
  return chance.happens(0.25) ? mutateText(written, chance) : written;
}

function mutateValue(payload: unknown, chance: Chance): unknown {
  const places = listPlaces({ payload });
  const place = chance.pick(places);
  const other = chance.pick(places);
  const value = Reflect.get(place.holder, place.key);
  switch (chance.between(0, 7)) {
    case 0:
    case 1:
      set(place, chance.pick(STRANGERS));
      break;
    case 2:
      if (place.key !== 'payload') Reflect.deleteProperty(place.holder, place.key);
      break;
    case 3:
      set(place, structuredClone(Reflect.get(other.holder, other.key)));
      break;
    case 4:
      set(
        place,
        chance.pick<unknown>([[value], { body: value }, { alert: value }, { triggerBody: value }, [value, value]]),
      );
      break;
    case 5:
      set(place, JSON.stringify(value));
      break;
    case 6:
      set(
        place,
        typeof value === 'string' ? value.slice(Math.floor(chance.next() * value.length)) : JSON.stringify(value),
      );
      break;
    default:
      if (place.key !== 'payload' && !Array.isArray(place.holder)) {
        Reflect.deleteProperty(place.holder, place.key);
        Reflect.set(place.holder, chance.happens(0.5) ? place.key.toUpperCase() : '__proto', value);
      }
  }
  return places[0] === undefined ? payload : Reflect.get(places[0].holder, 'payload');
}

interface Place {
  readonly holder: object;
  readonly key: string;
}

function set({ holder, key }: Place, value: unknown): void {
  Reflect.set(holder, key, structuredClone(value));
}

/** Every property in a value, the whole value's first. */
function listPlaces(holder: object): readonly Place[] {
  return Object.entries(holder).flatMap(([key, value]) => [
    { holder, key },
    ...(typeof value === 'object' && value !== null ? listPlaces(value) : []),
  ]);
}

function mutateText(text: string, chance: Chance): string {
  const at = Math.floor(chance.next() * text.length);
  switch (chance.between(0, 3)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}${text.slice(at / 2, at)}${text.slice(at)}`;
    case 2:
      return `${text.slice(0, at)}\u0000${text.slice(at + 1)}`;
    default:
      return `${text.slice(0, at)}${chance.pick(['"', '{', ']', ',', '\\'])}${text.slice(at)}`;
  }
}
