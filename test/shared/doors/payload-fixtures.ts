import { readdirSync, readFileSync } from 'node:fs';
import { linux, windows } from '../../../local/simulator/default-machines.ts';

const FOLDER = new URL('../../fixtures/payloads/', import.meta.url);

/** The names of all payloads that are kept as they come. */
export const payloadNames = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

/** A payload as it comes. */
export function readPayloadText(name: string): string {
  return readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');
}

/** A collection that a payload asks for: the alert's id, or the key in its place; `on` is where it ends up. */
export interface Wanted {
  readonly alertId: string;
  readonly machineId: string | null;
  readonly on: typeof linux;
}

/** The alert of that number in the payloads. */
export function alertIdOf(number: number): string {
  const two = String(number).padStart(2, '0');
  return `da6374729003828390${two}_${number % 2 === 1 ? '-1' : '1'}36496960${two}`;
}

const on = (machine: typeof linux, number: number): Wanted => ({
  alertId: alertIdOf(number),
  machineId: machine.id,
  on: machine,
});
const unnamed = (machine: typeof linux, number: number): Wanted => ({ ...on(machine, number), machineId: null });
const sentinel = (known: string, machineId: string | null, machine: typeof linux): Wanted => ({
  alertId: `sentinel:00000000-0000-4000-8000-0000000000${known}`,
  machineId,
  on: machine,
});

/** What each payload asks for. */
export const WANTED: Readonly<Record<string, readonly Wanted[]>> = {
  'sentinel-incident': [on(linux, 1)],
  'sentinel-incident-two-alerts': [unnamed(linux, 2), unnamed(windows, 3)],
  'sentinel-incident-own-rule': [sentinel('03', linux.id, linux)],
  'sentinel-alert': [on(linux, 4)],
  'sentinel-alert-entities-as-text': [on(linux, 5)],
  'sentinel-alert-own-rule': [sentinel('33:web-04.contoso.com', null, linux)],
  'sentinel-entity': [sentinel('05:johns-work-computer', null, windows)],
  'defender-connector': [on(linux, 6)],
  'defender-connector-wrapped': [on(linux, 7)],
  'logic-apps-trigger': [on(linux, 8)],
  'defender-alert': [on(linux, 9)],
  'graph-alert': [on(linux, 10)],
  'graph-alert-two-machines': [on(linux, 11), on(windows, 11)],
  'graph-list': [on(linux, 13), on(windows, 14)],
  'streaming-rows': [on(linux, 15), on(windows, 15)],
  'event-grid': [on(linux, 17), on(linux, 18)],
  'cloud-event': [on(linux, 19)],
  'cloud-event-graph': [unnamed(linux, 20)],
  plain: [unnamed(linux, 21)],
  'plain-with-profile-and-files': [on(linux, 22)],
  list: [unnamed(linux, 23), on(windows, 24), on(linux, 25)],
};

/** Payloads that are in order and of which nothing is to be collected. */
export const NOTHING = [
  'sentinel-incident-other-product',
  'sentinel-entity-account',
  'graph-alert-other-product',
  'streaming-alert-info',
  'event-grid-useless',
];
