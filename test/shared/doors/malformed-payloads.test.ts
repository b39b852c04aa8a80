import { expect, it } from 'vitest';
import { DEFENDER_ID } from '../../../shared/domain/alert.ts';
import { type Payload, readAlertPayload } from '../../../shared/doors/read-alert-payload.ts';
import { answerHandshake } from '../../../shared/doors/handshake.ts';
import { seedChance } from '../../simulation/chance.ts';
import { mutatePayload } from './mutate-payload.ts';
import { payloadNames, readPayloadText } from './payload-fixtures.ts';

const VARIANTS = 5_000;

/** What is known of a payload before it is looked into, as the door has it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whatever comes in, only this may come out. */
function check(payload: Payload): void {
  if (payload.outcome === 'unknown') {
    expect(payload.why).toMatch(/\.$/);
    return;
  }
  for (const { item, why } of [...payload.refused, ...payload.left]) {
    expect(item).toBeGreaterThan(0);
    expect(why).toMatch(/^[^\p{Cc}\p{Cs}]{1,400}\.$/u);
    expect(why).not.toContain('sig=SECRET');
  }
  if (payload.outcome === 'nothing') return;
  expect(payload.references.length).toBeGreaterThan(0);
  expect(payload.references.length).toBeLessThanOrEqual(500);
  for (const reference of payload.references) {
    const { alertId, machineId, asked } = reference;
    expect(alertId).toMatch(asked?.about === 'machine' ? /^sentinel:[\p{L}\p{N}:._-]{1,400}$/u : DEFENDER_ID);
    if (machineId !== null) expect(machineId).toMatch(/^[a-z0-9][a-z0-9_-]{0,127}$/);
    if (asked?.about === 'machine') expect(machineId ?? asked.machineName).not.toBeNull();
    expect(JSON.stringify(asked ?? null).length).toBeLessThan(5_000);
    expect(JSON.stringify(reference)).not.toMatch(/https?:\/\/\S*sig=SECRET/);
  }
}

it(`${VARIANTS} malformed variants of every payload are read without a fault, and only ids come of them`, () => {
  const outcomes = new Map<string, number>();
  for (let number = 0; number < VARIANTS; number += 1) {
    const chance = seedChance(`payload ${number}`);
    const text = mutatePayload(readPayloadText(chance.pick(payloadNames)), chance);
    const value = parse(text);
    try {
      const payload = readAlertPayload(value);
      check(payload);
      answerHandshake(value);
      outcomes.set(payload.outcome, (outcomes.get(payload.outcome) ?? 0) + 1);
    } catch (fault) {
      throw new Error(`Variant ${number} (seed "payload ${number}") of ${text.slice(0, 2_000)}`, { cause: fault });
    }
  }
  // The variants are of use only while many are wrong, and many are nearly right.
  for (const outcome of ['alerts', 'nothing', 'unknown']) expect(outcomes.get(outcome)).toBeGreaterThan(VARIANTS / 20);
});
