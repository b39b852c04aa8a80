import { compareClocks } from './clock-offset.ts';
import type { CollectionIn } from './collection.ts';
import type { Command } from './command.ts';
import { readComment } from './machine-action.ts';
import type { ActionRow } from './package-record-actions.ts';
import type { ScriptRunRow, TraceRow } from './package-record-machine-schema.ts';
import type { CustodyRow } from './package-record-schema.ts';
import type { Testimony } from './testimony.ts';

type Sealing = Pick<CollectionIn<'sealing'>, 'plan'>;

/** What each script said of its own run, against what was reviewed and against our clock. */
export function describeRuns(
  { plan }: Sealing,
  testimonies: readonly Testimony[],
  actions: readonly ActionRow[],
  entries: readonly CustodyRow[],
): readonly ScriptRunRow[] {
  return testimonies.flatMap(({ session, index, said }) => {
    const command = plan.sessions[session]?.commands[index];
    if (said === null || command?.type !== 'RunScript') return [];
    const reviewed = plan.scripts.find(({ name }) => name === command.scriptName)?.sha256.toLowerCase() ?? null;
    const { scriptSha256, machineUtc, startedAt, endedAt, bootAt, zone, items, errors } = said;
    const span = machineUtc === null ? null : findSpan(session, actions, entries);
    return [
      {
        ...{ session, index, script: command.scriptName, reportedSha256: scriptSha256 },
        isReviewed: scriptSha256 === null || reviewed === null ? 'not told' : scriptSha256 === reviewed ? 'yes' : 'no',
        ...{ startedAt, endedAt, bootAt, zone, items, errors },
        clock: machineUtc === null || span === null ? null : compareClocks(machineUtc, span.from, span.to),
      },
    ];
  });
}

/** Our own times between which a session's scripts ran: from the intent to start it to its end as we saw it. */
function findSpan(
  session: number,
  actions: readonly ActionRow[],
  entries: readonly CustodyRow[],
): { readonly from: string; readonly to: string } | null {
  const action = actions.findLast((candidate) => candidate.session === session && candidate.endedAt !== null);
  if (action === undefined || action.endedAt === null) return null;
  const intent = entries.findLast(({ event, detail }) => {
    const name = event === 'starting' ? readComment(String(detail['comment'])) : null;
    return name?.session === session && name.attempt === action.attempt;
  });
  return { from: intent?.at ?? action.startedAt, to: action.endedAt };
}

/** What our own run left on the machine, by what was sent: whoever looks at the machine later must tell it from an intruder's. */
export function describeTraces({ plan }: Sealing, actions: readonly ActionRow[]): readonly TraceRow[] {
  const ran = new Set(actions.map(({ session }) => session));
  return plan.sessions.flatMap(({ commands }, session) =>
    ran.has(session) ? commands.flatMap((command) => describeTrace(session, command)) : [],
  );
}

function describeTrace(session: number, command: Command): readonly TraceRow[] {
  switch (command.type) {
    case 'RunScript':
      return [
        {
          session,
          what: 'process',
          name: command.scriptName,
          explanation:
            'Defender’s sensor ran this script, as SYSTEM or root: it and its children are in the process and command histories.',
        },
      ];
    case 'PutFile':
      return [
        {
          session,
          what: 'file',
          name: command.fileName,
          explanation: 'It was put into live response’s own folder on the machine.',
        },
      ];
    case 'GetFile':
      return command.madeBy === null
        ? []
        : [
            {
              session,
              what: 'folder',
              name: command.path.replace(/[\\/][^\\/]*$/, ''),
              explanation:
                'The script made it for its archive; the archive stays until a later run removes it, after 24 hours at the earliest.',
            },
          ];
    default: {
      const unknown: never = command;
      throw new Error(`Unknown command ${JSON.stringify(unknown)}.`);
    }
  }
}
