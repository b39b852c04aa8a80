import * as z from 'zod';
import { restoreState } from './read-data.ts';
import { openSharedRow, type SharedRowParts } from './shared-row.ts';

/** Up to which time everything was received, ISO 8601, and the service's time; null while nothing was yet. */
export interface WatermarkReading {
  readonly upTo: string | null;
  readonly now: Date;
}

/** How far all instances together have come in a stream that is asked for by time. */
export interface WatermarkRow {
  read(): Promise<WatermarkReading>;
  /** Moves to that time, and never back. */
  moveTo(upTo: string): Promise<void>;
}

const schema = z.object({ upTo: z.iso.datetime() });
type State = { readonly upTo: string | null };

/** A watermark kept in a row of its name; of a damaged row it is taken that everything older than `keptMs` was received. */
export function createWatermark(parts: SharedRowParts, name: string, keptMs: number): WatermarkRow {
  const row = openSharedRow<State>(parts, {
    partition: 'watermark',
    row: name,
    restore: (data, now) => {
      const damaged = { upTo: new Date(now.getTime() - keptMs).toISOString() };
      return restoreState<State>(schema, data, { empty: { upTo: null }, damaged });
    },
  });
  return {
    read: async () => {
      const { state, now } = await row.read();
      return { upTo: state.upTo, now };
    },
    moveTo: (upTo) =>
      row.change((state) => ({
        answer: undefined,
        state: state.upTo !== null && Date.parse(state.upTo) >= Date.parse(upTo) ? state : { upTo },
      })),
  };
}
