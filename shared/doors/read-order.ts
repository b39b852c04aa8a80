import * as z from 'zod';
import type { JsonBody } from './read-json-body.ts';

/** What an operator asks for: why, for how many minutes a machine is left alone, and whether what runs is cancelled as well. */
export interface Order {
  readonly reason: string | null;
  readonly minutes: number;
  readonly running: 'goes on' | 'is cancelled';
}

/** What came of reading an order. */
export type OrderReading =
  | { readonly outcome: 'order'; readonly order: Order }
  | { readonly outcome: 'wrong'; readonly why: string };

const orderSchema = z.object({
  reason: z.string().max(300).nullish(),
  minutes: z.number().int().min(1).max(10_080).default(240),
  cancelRunning: z.boolean().default(false),
});

/** Reads the body of an order; none at all is an order without a reason. */
export function readOrder(body: JsonBody): OrderReading {
  if (body.outcome === 'problem' && body.code !== 'no-body') return { outcome: 'wrong', why: body.detail };
  const read = orderSchema.safeParse(body.outcome === 'problem' ? {} : body.value);
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join('.') || 'the body'}: ${issue.message}`);
    const what =
      'Give a JSON object with any of `reason` (text, at most 300 characters), `minutes` (1 to 10,080) and `cancelRunning` (true or false).';
    return { outcome: 'wrong', why: `${faults.join('; ')}. ${what}` };
  }
  const { reason, minutes, cancelRunning } = read.data;
  const visible = (reason ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return {
    outcome: 'order',
    order: { reason: visible === '' ? null : visible, minutes, running: cancelRunning ? 'is cancelled' : 'goes on' },
  };
}
