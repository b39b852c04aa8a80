import { describe, expect, it } from 'vitest';
import { describeAt, endOf, statusAt } from '../../../bench/storm/modelled-action.ts';
import { openDefender } from '../../../bench/storm/modelled-defender.ts';
import { machineIdOf, makeStormByHand, oneEach } from './hand-made-storm.ts';

const COMMANDS = [
  { type: 'RunScript', scriptName: 'evidence-triage.sh', args: '' },
  { type: 'GetFile', path: '/var/tmp/evidence.tar.gz', madeBy: 0 },
] as const;

/** A modelled Defender with a clock in seconds that the test sets. */
function openByHand(away: Readonly<Record<string, number>> = {}) {
  const clock = { second: 0 };
  const storm = makeStormByHand(oneEach(60), away);
  const defender = openDefender(storm, () => clock.second * 1000);
  const start = (number: number) => defender.start({ machineId: machineIdOf(number), comment: '', commands: COMMANDS });
  return { clock, defender, start };
}

/** Starts on one machine and gives the action. */
function startOne(model: ReturnType<typeof openByHand>, number: number) {
  const reply = model.start(number);
  if (reply.reply !== 'answer' || reply.answer.started !== 'yes') throw new Error('It was not started.');
  return reply.answer.action;
}

describe('the modelled Defender', () => {
  it('starts ten live responses in any 60 s, and says when the next one may be', () => {
    const model = openByHand();
    for (let number = 1; number <= 10; number += 1) {
      model.clock.second = number;
      expect(model.start(number).reply).toBe('answer');
    }
    model.clock.second = 30;
    expect(model.start(11)).toEqual({ reply: 'throttled', afterMs: 31_000 });
    model.clock.second = 61;
    expect(model.start(11).reply).toBe('answer');
    expect(model.start(12)).toEqual({ reply: 'throttled', afterMs: 1_000 });
    expect(model.defender.calls.get('run live response')).toEqual({ answered: 11, throttled: 2 });
    expect(model.defender.askedAtMs).toHaveLength(13);
  });

  it('has at most 25 sessions at a time, pending ones counted', () => {
    const away = Object.fromEntries(oneEach(60).map(({ on }) => [on, 3_600]));
    const model = openByHand(away);
    for (let number = 1; number <= 25; number += 1) {
      model.clock.second = number * 6;
      expect(model.start(number).reply).toBe('answer');
    }
    model.clock.second = 160;
    expect(model.start(26).reply).toBe('throttled');
    model.clock.second = 3_600 + 101;
    expect(model.start(26).reply).toBe('answer');
  });

  it('has one action a machine at a time', () => {
    const model = openByHand();
    startOne(model, 1);
    expect(model.start(1)).toEqual({ reply: 'answer', answer: { started: 'busy' } });
    model.clock.second = 100;
    startOne(model, 1);
  });

  it.each([
    [0, 'Pending'],
    [9, 'Pending'],
    [10, 'InProgress'],
    [99, 'InProgress'],
    [100, 'Succeeded'],
  ])('an action on a machine that answers is at %i s %s', (second, status) => {
    expect(statusAt(startOne(openByHand(), 1), second * 1000)).toBe(status);
  });

  it('an action pends while its machine is away, and is given up after two hours', () => {
    const back = startOne(openByHand({ [machineIdOf(1)]: 3_600 }), 1);
    expect(statusAt(back, 3_609_000)).toBe('Pending');
    expect(endOf(back)).toEqual({ status: 'Succeeded', atMs: 3_700_000 });
    const late = startOne(openByHand({ [machineIdOf(1)]: 8_000 }), 1);
    expect(endOf(late)).toEqual({ status: 'TimeOut', atMs: 7_200_000 });
  });

  it('a cancel ends what pends and not what runs', () => {
    const pending = startOne(openByHand({ [machineIdOf(1)]: 3_600 }), 1);
    pending.cancelledAtMs = 1_000_000;
    expect(endOf(pending)).toEqual({ status: 'Cancelled', atMs: 1_000_000 });
    const running = startOne(openByHand(), 1);
    running.cancelledAtMs = 50_000;
    expect(endOf(running)).toEqual({ status: 'Succeeded', atMs: 100_000 });
  });

  it.each([
    [5, 'Pending', ['Created', 'Created'], [null, null]],
    [10, 'InProgress', ['Created', 'Created'], [10, null]],
    [70, 'InProgress', ['Completed', 'Created'], [10, 70]],
    [90, 'InProgress', ['Completed', 'Completed'], [10, 70]],
    [100, 'Succeeded', ['Completed', 'Completed'], [10, 70]],
  ])('at %i s it tells that its commands are as far as they are', (second, status, commands, begun) => {
    const now = new Date(second * 1000);
    const said = describeAt(startOne(openByHand(), 1), second * 1000, now);
    expect(said.status).toBe(status);
    expect(said.createdAt).toBe('1970-01-01T00:00:00.000Z');
    expect(said.commands.map((command) => command.status)).toEqual(commands);
    expect(said.commands.map(({ startedAt }) => (startedAt === null ? null : Date.parse(startedAt) / 1000))).toEqual(
      begun,
    );
  });

  it('of what was cancelled while it pended no command has begun, not even when its machine is back', () => {
    const action = startOne(openByHand({ [machineIdOf(1)]: 3_600 }), 1);
    action.cancelledAtMs = 1_000_000;
    const { status, commands } = describeAt(action, 4_000_000, new Date(4_000_000));
    expect(status).toBe('Cancelled');
    expect(commands.map((command) => [command.status, command.startedAt])).toEqual([
      ['Created', null],
      ['Created', null],
    ]);
  });

  it('answers 100 calls a minute and 1,500 an hour of every other API, each API by itself', () => {
    const { clock, defender } = openByHand();
    const ask = (count: number) =>
      Array.from({ length: count }, () => defender.ask('get alert', () => 'alert').reply).filter(
        (reply) => reply === 'answer',
      ).length;
    expect(ask(101)).toBe(100);
    expect(defender.ask('get machine', () => 'machine')).toEqual({ reply: 'answer', answer: 'machine' });
    for (let minute = 1; minute < 15; minute += 1) {
      clock.second = minute * 60;
      expect(ask(100)).toBe(100);
    }
    clock.second = 15 * 60;
    expect(ask(1)).toBe(0);
    clock.second = 3_600;
    expect(ask(101)).toBe(100);
  });
});
