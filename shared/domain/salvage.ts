import type { Command, Session } from './command.ts';

/** The commands that Defender skipped after a failed one, and the results they are expected to leave. */
export interface Salvage {
  /** The session to run next, null when nothing that was skipped can stand alone. */
  readonly session: Session | null;
  /** Indexes in the old session of the commands that went into the new one. */
  readonly moved: readonly number[];
}

/**
 * What of a session can still be had after a command failed: Defender runs nothing after it (run live response),
 * and what was skipped and does not depend on it goes into another session.
 */
export function salvageSession(
  session: Session,
  failedIndexes: readonly number[],
  skippedIndexes: readonly number[],
): Salvage {
  const lost = new Set(failedIndexes);
  const moved: number[] = [];
  const commands: Command[] = [];
  for (const index of skippedIndexes) {
    const command = session.commands[index];
    if (command === undefined) continue;
    if (command.type === 'GetFile' && command.madeBy !== null) {
      if (lost.has(command.madeBy)) {
        lost.add(index);
        continue;
      }
      const maker = moved.indexOf(command.madeBy);
      commands.push({ ...command, madeBy: maker === -1 ? null : maker });
    } else {
      commands.push(command);
    }
    moved.push(index);
  }
  return { session: commands.length === 0 ? null : { commands }, moved };
}
