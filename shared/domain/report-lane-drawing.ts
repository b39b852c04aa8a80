import { type Html, html } from './escape-html.ts';
import type { PackageRecord } from './package-record-schema.ts';
import { writeDuration, writeTime } from './report-figures.ts';
import { LANES, type Lane, readSpans, type Span } from './report-lane.ts';

const WIDTH = 1000;
const LABEL_WIDTH = 110;
const NUMBER_WIDTH = 130;
const CHART_WIDTH = WIDTH - LABEL_WIDTH - NUMBER_WIDTH;
const LANE_HEIGHT = 28;
const BAR_HEIGHT = 14;
const AXIS_HEIGHT = 24;
/** The shortest bar that can still be seen. */
const LEAST_WIDTH = 3;
/** An alert may be days old when it comes in: of that no more is drawn than this part of what follows. */
const MOST_BEFORE = 0.25;

const WORDS: Readonly<Record<Lane, string>> = {
  alert: 'Alert',
  'looked up': 'Looked up',
  queued: 'Queued',
  pending: 'Pending',
  running: 'Running',
  copied: 'Copied',
  sealed: 'Sealed',
};

/** The way of a collection as a drawing: one lane a step, with how long each took in all. */
export function drawLanes(record: PackageRecord): Html {
  const spans = readSpans(record);
  const scale = makeScale(spans);
  const height = LANES.length * LANE_HEIGHT + AXIS_HEIGHT;
  const words = LANES.map((lane) => `${WORDS[lane]} ${writeDuration(sumMs(spans, lane))}`).join(', ');
  return html`<svg class="lanes" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${words}">
${LANES.map((lane, number) => drawLane(lane, number, spans, scale))}${drawAxis(scale)}</svg>
${scale.isCut ? html`<p class="note">Of the time before the alert was received only a part is drawn.</p>\n` : null}`;
}

interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isCut: boolean;
  /** Where a time is drawn, between the ends of the chart. */
  readonly at: (ms: number) => number;
}

function makeScale(spans: readonly Span[]): Scale {
  const receivedMs = spans.find(({ lane }) => lane === 'alert')?.toMs ?? 0;
  const toMs = spans.reduce((latest, span) => Math.max(latest, span.toMs), receivedMs);
  const raisedMs = spans.reduce((earliest, span) => Math.min(earliest, span.fromMs), receivedMs);
  const fromMs = Math.max(raisedMs, receivedMs - (toMs - receivedMs) * MOST_BEFORE);
  const wholeMs = Math.max(toMs - fromMs, 1);
  const at = (ms: number) => LABEL_WIDTH + (Math.min(Math.max(ms - fromMs, 0), wholeMs) / wholeMs) * CHART_WIDTH;
  return { fromMs, toMs, isCut: raisedMs < fromMs, at };
}

function drawLane(lane: Lane, number: number, spans: readonly Span[], scale: Scale): Html {
  const own = spans.filter((span) => span.lane === lane);
  const middle = number * LANE_HEIGHT + LANE_HEIGHT / 2;
  const tookMs = sumMs(spans, lane);
  // Receipt and seal are moments as well: they show though they took no time.
  const moments = lane === 'alert' ? own.map(({ toMs }) => toMs) : lane === 'sealed' ? [scale.toMs] : [];
  return html`<text class="label" x="0" y="${middle + 4}">${WORDS[lane]}</text>
<line x1="${LABEL_WIDTH}" x2="${LABEL_WIDTH + CHART_WIDTH}" y1="${middle}" y2="${middle}"/>
${own.filter(({ fromMs, toMs }) => toMs > fromMs).map((span) => drawBar(span, middle, scale))}${moments.map((ms) => html`<circle cx="${round(scale.at(ms))}" cy="${middle}" r="4"/>\n`)}<text class="took" x="${WIDTH}" y="${middle + 4}">${own.length === 0 && lane !== 'sealed' ? '–' : writeDuration(tookMs)}</text>
`;
}

function drawBar({ fromMs, toMs }: Span, middle: number, scale: Scale): Html {
  const width = Math.max(scale.at(toMs) - scale.at(fromMs), LEAST_WIDTH);
  const x = Math.min(scale.at(fromMs), LABEL_WIDTH + CHART_WIDTH - width);
  return html`<rect x="${round(x)}" y="${middle - BAR_HEIGHT / 2}" width="${round(width)}" height="${BAR_HEIGHT}" rx="2"/>\n`;
}

function drawAxis({ fromMs, toMs }: Scale): Html {
  const y = LANES.length * LANE_HEIGHT + 16;
  const time = (ms: number) => (Number.isNaN(ms) ? '–' : writeTime(new Date(ms).toISOString()));
  return html`<text class="axis" x="${LABEL_WIDTH}" y="${y}">${time(fromMs)}</text>
<text class="axis end" x="${LABEL_WIDTH + CHART_WIDTH}" y="${y}">${time(toMs)}</text>
`;
}

function sumMs(spans: readonly Span[], lane: Lane): number {
  return spans.reduce((sum, span) => (span.lane === lane ? sum + span.toMs - span.fromMs : sum), 0);
}

function round(value: number): string {
  return value.toFixed(1);
}
