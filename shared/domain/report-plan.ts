import { foreign, foreignName, type Html, html } from './escape-html.ts';
import type { PackageRecord } from './package-record-schema.ts';
import { writeCount, writeDuration, writeTime } from './report-figures.ts';

const MAX_ARGUMENT_CHARACTERS = 160;
const MAX_UNITED = 20;

/** The alert and the machine that this is about. */
export function renderAlert(record: PackageRecord): Html {
  const { alert, machine } = record;
  const orUnknown = (text: string | null, show = foreign) =>
    text === null ? html`<span class="soft">not known</span>` : show(text);
  return html`<h2 id="alert">The alert</h2>
<dl>
<dt>Title</dt><dd>${orUnknown(alert.title)}</dd>
<dt>Alert</dt><dd>${foreignName(alert.id)}</dd>
<dt>Severity</dt><dd>${alert.severity}</dd>
<dt>Category</dt><dd>${orUnknown(alert.category)}</dd>
<dt>Detected by</dt><dd>${orUnknown(alert.detectionSource)}</dd>
<dt>Raised</dt><dd>${alert.createdAt === null ? orUnknown(null) : html`${writeTime(alert.createdAt)} by Defender’s clock`}</dd>
<dt>Incident</dt><dd>${orUnknown(alert.incidentId, foreignName)}</dd>
<dt>Tenant</dt><dd>${orUnknown(alert.tenantId, foreignName)}</dd>
<dt>Machine</dt><dd>${orUnknown(machine.name, foreignName)}</dd>
<dt>Operating system</dt><dd>${orUnknown(machine.osPlatform)}</dd>
<dt>Machine id</dt><dd>${foreignName(machine.id)}</dd>
<dt>Received from</dt><dd>${foreign(record.receivedFrom)}</dd>
<dt>Collection</dt><dd>${foreignName(record.collectionId)}${record.retryOf === null ? null : html`, which collects what ${foreignName(record.retryOf)} lacked`}</dd>
${record.united.length === 0 ? null : html`<dt>United with</dt><dd>${record.united.slice(0, MAX_UNITED).map((id) => html`${foreignName(id)}<br>`)}${record.united.length > MAX_UNITED ? `and ${record.united.length - MAX_UNITED} more` : null}</dd>\n`}</dl>
`;
}

/** What was planned by which profile, and what was sent to the machine. */
export function renderPlan(record: PackageRecord): Html {
  const { profile, scripts, sessions } = record;
  const scriptRows = scripts.map(
    ({ name, sha256 }) =>
      html`<dt>Script</dt><dd>${foreignName(name)}<br><span class="hash soft">SHA-256 ${sha256}</span></dd>\n`,
  );
  return html`<h2 id="plan">The plan</h2>
<dl>
<dt>Profile</dt><dd>${foreign(profile.title)} (${foreignName(profile.id)})<br><span class="hash soft">SHA-256 ${profile.sha256}</span></dd>
<dt>Why this profile</dt><dd>${tellWhy(profile.why)}</dd>
${scriptRows}<dt>Files not requested</dt><dd>${record.filesNotRequested === 0 ? 'none' : writeCount(record.filesNotRequested, 'related file')}</dd>
</dl>
${sessions.map((session) => renderSession(record, session))}`;
}

function tellWhy(why: readonly string[]): Html {
  if (why.length === 0) return html`<span class="soft">its conditions were not written down, or it has none</span>`;
  return html`It is the first whose conditions are met:<br>${why.map((condition) => html`${foreign(condition)}<br>`)}`;
}

type Session = PackageRecord['sessions'][number];
type SentCommand = Session['commands'][number];

function renderSession(record: PackageRecord, session: Session): Html {
  const actions = record.machineActions.filter((action) => action.session === session.session);
  return html`<div class="card">
<header><h3>Session ${session.session}</h3><span class="soft">${writeCount(session.commands.length, 'command')}</span></header>
${actions.length === 0 ? html`<p class="soft">It was not started.</p>\n` : actions.map(renderAction)}<table>
<thead><tr><th class="number">No.</th><th>Command</th><th class="half">As sent</th><th>By Defender</th></tr></thead>
<tbody>
${session.commands.map((command) => html`<tr><td class="number">${command.index}</td><td class="word">${command.type}</td><td>${showCommand(command)}</td><td>${tellEnd(actions.at(-1), command.index)}</td></tr>\n`)}</tbody>
</table>
</div>
`;
}

function renderAction(action: PackageRecord['machineActions'][number]): Html {
  const tookMs = action.endedAt === null ? null : Date.parse(action.endedAt) - Date.parse(action.startedAt);
  const end =
    action.endedAt === null || tookMs === null || action.endedAs === null
      ? 'its end was not seen'
      : html`ended ${writeTime(action.endedAt)} as ${foreign(action.endedAs)}${tookMs < 0 ? null : `, after ${writeDuration(tookMs)}`}`;
  return html`<p>Machine action ${foreignName(action.id)}: started ${writeTime(action.startedAt)}, ${end}.</p>\n`;
}

/** How a command ended, and when, as Defender told it. */
function tellEnd(action: PackageRecord['machineActions'][number] | undefined, index: number): Html {
  const end = action?.commands.find((command) => command.index === index);
  if (end === undefined) return html`<span class="soft">–</span>`;
  const took =
    end.startedAt === null || end.endedAt === null ? null : Date.parse(end.endedAt) - Date.parse(end.startedAt);
  return html`${foreign(end.status)}${end.startedAt === null ? null : html`<br><span class="soft">${writeTime(end.startedAt)}${took === null || took < 0 ? null : `, ${writeDuration(took)}`}</span>`}`;
}

function showCommand(command: SentCommand): Html {
  switch (command.type) {
    case 'PutFile':
      return foreignName(command.fileName);
    case 'RunScript':
      return html`${foreignName(command.scriptName)}${command.args === '' ? null : html`<br>${showArgument(command.args)}`}`;
    case 'GetFile':
      return html`${foreignName(command.path)}${command.madeBy === null ? null : html`<br><span class="soft">made by command ${command.madeBy}</span>`}`;
    default: {
      const unknown: never = command;
      throw new Error(`Unknown command ${JSON.stringify(unknown)}.`);
    }
  }
}

function showArgument(argument: string): Html {
  if (argument.length <= MAX_ARGUMENT_CHARACTERS) return html`<span class="soft">${foreignName(argument)}</span>`;
  const start = foreignName(argument.slice(0, MAX_ARGUMENT_CHARACTERS));
  return html`<span class="soft">${start} … (${writeCount(argument.length, 'character')} in all, whole in collection.json)</span>`;
}
