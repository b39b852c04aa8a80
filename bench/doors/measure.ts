import { inOrder } from '../../shared/pipeline/in-order.ts';

/** How long each of many things took that were done side by side. */
export interface Timing {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
}

/** Does something `count` times, `atOnce` side by side, and times each. */
export async function measure(count: number, atOnce: number, work: (number: number) => Promise<void>): Promise<Timing> {
  const took: number[] = [];
  const started = performance.now();
  await inOrder(atOnce, [...Array(count).keys()], async (number) => {
    const at = performance.now();
    await work(number);
    took.push(performance.now() - at);
  });
  const seconds = (performance.now() - started) / 1000;
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95), perSecond: count / seconds };
}
