import type { Fault, FaultChoice } from '../http/fault.ts';

/**
 * A fault of a download from a result link. `cut` ends the connection, `stall` leaves it open, both after that many
 * bytes of the body; `announce` adds to Content-Length, so that less or more comes than was said; `whole` answers a range
 * with 200 and everything; `shift` with another range than was asked for; `other ETag` as if the blob had been replaced,
 * whatever If-Match says; `refuse` with storage's own error; `redirect` with 302; `late` answers after that time.
 */
export type LinkFault = { on: 'result' } & FaultChoice &
  (
    | { do: 'cut'; afterBytes: number }
    | { do: 'stall'; afterBytes: number }
    | { do: 'announce'; moreBytes: number }
    | { do: 'whole' }
    | { do: 'shift'; byBytes: number }
    | { do: 'other ETag' }
    | { do: 'refuse'; status: number; code: string; headers?: Record<string, string> }
    | { do: 'redirect'; location: string }
    | { do: 'late'; ms: number }
    | { do: 'reset' }
  );

/** Tells whether a fault is one of result links. */
export function isLinkFault(fault: Fault): fault is LinkFault {
  return fault.on === 'result';
}
