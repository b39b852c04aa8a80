import type { StartFigures } from './measure-starts.ts';
import type { StoredCollection } from './read-collections.ts';
import type { Lived } from './lived.ts';

/** One line of the table at the end. */
export type Figure = readonly [name: string, value: string];

/** What the figures are made of. */
export interface Measured {
  readonly lived: Lived;
  readonly appStarts: number;
  readonly collections: readonly StoredCollection[];
  readonly actions: number;
  readonly calls: number;
  readonly starts: StartFigures;
  readonly packages: { readonly intact: number; readonly files: number };
  readonly writes: { readonly written: number; readonly refused: number };
  readonly faults: readonly (readonly [string, number])[];
}

/** The figures of a run, each with its name. */
export function listFigures(measured: Measured): readonly Figure[] {
  const { lived, collections, starts, packages, writes } = measured;
  const { posted, struck } = lived;
  const atCalls = struck.filter(({ hit }) => hit === 'its call');
  const killed = struck.reduce((sum, { killed: apps }) => sum + apps.length, 0);
  const atStarts = atCalls.filter(({ strike }) => strike.aim.at !== 'time' && strike.aim.call === 'start').length;
  const unanswered = posted.answers.get(0) ?? 0;
  const others = [...posted.answers].filter(([status]) => status !== 202 && status !== 0);
  const entries = collections.reduce((sum, { lines }) => sum + lines.length, 0);
  return [
    ['kills', `${killed}: ${atCalls.length} at a call (${atStarts} at a start), ${killed - atCalls.length} by time`],
    ['starts of the app', `${measured.appStarts}`],
    ['time', `${lived.seconds.toFixed(0)} s, of which ${lived.stormSeconds.toFixed(0)} s under kills`],
    [
      'posts',
      `${posted.acknowledged.length} acknowledged, ${unanswered} unanswered${others.map(([status, count]) => `, ${count} answered ${status}`).join('')}`,
    ],
    ['collections', countBy(collections.map(({ status }) => status))],
    ['machine actions', `${measured.actions}`],
    [
      'their starts',
      `${starts.answered} answered, ${starts.recovered} recovered, ${starts.adopted} adopted late, ${starts.sentAgain} sent again`,
    ],
    ['packages', `${packages.intact} intact, ${packages.files} files`],
    ['custody entries', `${entries}`],
    ['evidence blobs', `${writes.written} written once, ${writes.refused} writes refused as they were there`],
    ['calls to Defender', `${measured.calls}`],
    ['faults logged', measured.faults.map(([code, count]) => `${count} ${code}`).join(', ') || 'none'],
  ];
}

/** The table as lines. */
export function formatFigures(figures: readonly Figure[]): readonly string[] {
  const width = Math.max(...figures.map(([name]) => name.length));
  return figures.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

function countBy(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ') || 'none';
}
