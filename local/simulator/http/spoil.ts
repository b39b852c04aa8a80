import type { Clock } from '../clock.ts';
import type { EarlyFault, LateFault } from './fault.ts';
import type { Reply } from './reply.ts';
import { type Delivery, htmlReply, statusReply } from './send-reply.ts';

/** What is sent, and how. */
export type Sending = { reply: Reply; delivery: Delivery };

/** What a fault before the act comes to: an answer or an ended connection without the act, or the act after all. */
export async function spoilAct(
  fault: EarlyFault | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Sending | 'reset' | undefined> {
  switch (fault?.do) {
    case undefined:
      return undefined;
    case 'status':
      return { reply: statusReply(fault), delivery: 'whole' };
    case 'html':
      return { reply: htmlReply(fault.status), delivery: 'whole' };
    case 'reset':
      return 'reset';
    case 'act late':
      await clock.sleep(fault.ms, signal);
      return undefined;
    default:
      return fault satisfies never;
  }
}

/** What a fault makes of the answer to an act. */
export async function spoilAnswer(
  fault: LateFault | undefined,
  reply: Reply,
  clock: Clock,
  signal: AbortSignal,
): Promise<Sending> {
  switch (fault?.do) {
    case undefined:
      return { reply, delivery: 'whole' };
    case 'status after the act':
      return { reply: statusReply(fault), delivery: 'whole' };
    case 'html after the act':
      return { reply: htmlReply(fault.status), delivery: 'whole' };
    case 'answer lost':
      return { reply, delivery: 'lost' };
    case 'answer late':
      await clock.sleep(fault.ms, signal);
      return { reply, delivery: 'whole' };
    case 'answer never':
      return { reply, delivery: 'never' };
    case 'answer cut':
      return { reply, delivery: 'cut' };
    case 'truncated JSON':
      return { reply, delivery: 'half' };
    case 'empty':
      return { reply: { ...reply, status: 200, body: '' }, delivery: 'whole' };
    default:
      return fault satisfies never;
  }
}
