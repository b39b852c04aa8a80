import { describe, expect, it } from 'vitest';
import { drawStorm } from '../../../bench/storm/draw-storm.ts';

describe('a drawn storm', () => {
  const storm = drawStorm({ alerts: 1_000, machines: 400, seed: 1 });
  const machines = [...storm.machines.values()];

  it('is the same for the same seed and another for another', () => {
    const again = drawStorm({ alerts: 1_000, machines: 400, seed: 1 });
    expect(again.alerts).toEqual(storm.alerts);
    expect(again.machines).toEqual(storm.machines);
    expect(again.timesOf('1', 2)).toEqual(storm.timesOf('1', 2));
    const other = drawStorm({ alerts: 1_000, machines: 400, seed: 2 });
    expect(other.alerts).not.toEqual(storm.alerts);
    expect(other.timesOf('1', 2)).not.toEqual(storm.timesOf('1', 2));
  });

  it('comes within five minutes, in order, on machines that there are', () => {
    const times = storm.alerts.map(({ arrivesAtMs }) => arrivesAtMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Math.max(...times)).toBeLessThan(300_000);
    expect(Math.min(...times)).toBeLessThan(3_000);
    expect(storm.alerts.filter(({ machineId }) => !storm.machines.has(machineId))).toEqual([]);
    expect(new Set(storm.alerts.map(({ machineId }) => machineId)).size).toBeGreaterThan(340);
  });

  it('has about 5 % critical alerts', () => {
    const critical = storm.alerts.filter(({ severity }) => severity === 'High').length;
    expect(critical).toBeGreaterThan(35);
    expect(critical).toBeLessThan(65);
  });

  it('has a tenth of its machines away, a quarter of these for ever, the others for one to four hours', () => {
    const away = machines.filter(({ answersFromMs }) => answersFromMs > 0);
    expect(away).toHaveLength(40);
    const back = away.filter(({ answersFromMs }) => answersFromMs < Number.POSITIVE_INFINITY);
    expect(back).toHaveLength(30);
    for (const { answersFromMs } of back) {
      expect(answersFromMs).toBeGreaterThanOrEqual(3_600_000);
      expect(answersFromMs).toBeLessThan(4 * 3_600_000);
    }
  });

  it('has scripts of 2, 5 and 10 minutes in about equal parts', () => {
    for (const minutes of [2, 5, 10]) {
      const share = machines.filter(({ scriptMs }) => scriptMs === minutes * 60_000).length / machines.length;
      expect(share).toBeGreaterThan(0.25);
      expect(share).toBeLessThan(0.42);
    }
  });

  it('draws the times of each session anew, within their bounds', () => {
    const drawn = machines.flatMap(({ id }) => [storm.timesOf(id, 0), storm.timesOf(id, 1)]);
    expect(new Set(drawn.map(({ pickupMs }) => pickupMs)).size).toBe(drawn.length);
    for (const { pickupMs, fetchMs, closingMs } of drawn) {
      expect(pickupMs).toBeGreaterThanOrEqual(60_000);
      expect(pickupMs).toBeLessThan(120_000);
      expect(fetchMs).toBeGreaterThanOrEqual(10_000);
      expect(fetchMs).toBeLessThan(40_000);
      expect(closingMs).toBeGreaterThanOrEqual(20_000);
      expect(closingMs).toBeLessThan(40_000);
    }
  });
});
