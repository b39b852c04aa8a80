import { spellHidden } from '../../shared/domain/escape-html.ts';
import type { PlanExplanation } from '../../shared/domain/explain-plan.ts';
import type { ExplainedAlert } from '../../shared/pipeline/explain-alert.ts';

const WIDTH = 110;

/** What would be done, in lines for a person; what the alert and the machine say is spelt so that it cannot fake a line. */
export function describePlan(explained: ExplainedAlert | PlanExplanation): readonly string[] {
  if (!('alert' in explained))
    return [`Alert ${explained.alertId}: nothing would be collected.`, `  ${spellHidden(explained.reason)}`];
  const { alert, machine, profiles, sessions, scripts, filesNotRequested, cost } = explained;
  const lines = [
    `Alert ${spellHidden(alert.id)}: ${alert.severity}, ${spellHidden(alert.title)} (${spellHidden(alert.category)}, ${spellHidden(alert.detectionSource)}), ${alert.files} files`,
    `Machine ${spellHidden(machine.name ?? machine.id)}: ${spellHidden(machine.osPlatform)}, group ${spellHidden(machine.group ?? 'none')}, tags ${spellHidden(machine.tags.join(', ') || 'none')}`,
    explained.outcome === 'would collect'
      ? `Profile ${explained.profile} would be taken.`
      : spellHidden(explained.reason ?? ''),
    'Profiles, in the order in which they are asked:',
    ...profiles.map(
      ({ id, order, says, because }) =>
        `  ${order} ${id}: ${says}${because === null ? '' : `, ${spellHidden(because)}`}`,
    ),
  ];
  for (const [number, { comment, delaySeconds, commands }] of sessions.entries()) {
    lines.push(
      `Live response ${number + 1} of ${sessions.length}${delaySeconds === 0 ? '' : `, ${delaySeconds} s later`} (comment "${comment}"):`,
    );
    for (const command of commands) lines.push(`  ${cut(spellHidden(describeCommand(command)))}`);
  }
  for (const { name, sha256, library } of scripts)
    lines.push(`Script ${name}, SHA-256 ${sha256}: in the library ${library}`);
  for (const { path, why } of filesNotRequested)
    lines.push(`Not requested: ${spellHidden(path ?? 'a file without a path')}. ${why}`);
  if (cost !== null) {
    const calls = Object.entries(cost.calls).map(([name, count]) => `${name} ${count}`);
    lines.push(`Cost: ${cost.liveResponses} live responses; calls: ${calls.join(', ')}.`);
    lines.push(
      `At most ${cost.archiveBytesAtMost} bytes of archives, ${cost.plainFiles} plain files, ${cost.scriptSecondsAtMost} s of scripts, ${cost.delaySeconds} s between sessions.`,
    );
  }
  if ('collection' in explained) {
    const { collection, expectedWait } = explained;
    if (collection !== null)
      lines.push(`The alert has its collection already: ${collection.id}, ${collection.status}.`);
    if (expectedWait !== null) lines.push(`Expected wait: ${expectedWait.seconds} s. ${expectedWait.reason}`);
  }
  return lines;
}

function describeCommand(command: PlanExplanation['sessions'][number]['commands'][number]): string {
  switch (command.type) {
    case 'PutFile':
      return `PutFile ${command.fileName}`;
    case 'RunScript':
      return `RunScript ${command.scriptName} ${command.args}`;
    case 'GetFile':
      return `GetFile ${command.path}`;
    default: {
      const unknown: never = command;
      throw new Error(`Unknown command ${JSON.stringify(unknown)}.`);
    }
  }
}

function cut(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH)}… (${text.length} characters; --json has all)`;
}
