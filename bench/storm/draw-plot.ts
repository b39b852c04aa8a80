import { isCritical } from './figures.ts';
import type { Outcome, Place, Served } from './outcome.ts';
import { drawLine, drawPanel, drawSteps, type Panel, PLOT, type Point, type Stroke, writeText } from './plot-panel.ts';
import { HOUR_MS, MINUTE_MS } from './storm.ts';

const COLORS = ['#0b5fa5', '#777777', '#c0392b'] as const;
const FIRST_TOP = 86;
const SECOND_TOP = FIRST_TOP + PLOT.panelHeight + 60;
const HEIGHT = SECOND_TOP + PLOT.panelHeight + 32;
const BIN_MS = 5 * MINUTE_MS;

/** Draws, as SVG, the share of alerts served over time for all outcomes, and how many places the first two hold and use. */
export function drawPlot(title: string, outcomes: readonly Outcome[], sessions: number): string {
  const legend = outcomes.map(({ name }, index) => {
    const x = PLOT.left + index * 150;
    return drawLine(x, 44, x + 22, 44, stroke(index)) + writeText(x + 28, 48, name);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PLOT.width}" height="${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${PLOT.width}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${PLOT.left}" y="24" font-size="14" font-weight="bold">${title}</text>`,
    ...legend,
    ...drawServed(outcomes),
    ...drawPlaces(outcomes.slice(0, 2), sessions),
    '</svg>\n',
  ].join('\n');
}

function drawServed(outcomes: readonly Outcome[]): readonly string[] {
  const all = outcomes.map(({ served }) => served);
  const lastMs = Math.max(10 * MINUTE_MS, ...all.flat().map(({ atMs }) => atMs ?? 0));
  const marks: Panel['marks'] = [
    [MINUTE_MS, '1 min'],
    [5 * MINUTE_MS, '5 min'],
    [20 * MINUTE_MS, '20 min'],
    [HOUR_MS, '1 h'],
    [3 * HOUR_MS, '3 h'],
    [10 * HOUR_MS, '10 h'],
    [30 * HOUR_MS, '30 h'],
  ];
  const panel: Panel = {
    top: FIRST_TOP,
    title: 'share of alerts served, by the time since the storm began; dashed: of the critical ones',
    share: (atMs) => Math.log(Math.max(atMs, MINUTE_MS) / MINUTE_MS) / Math.log(lastMs / MINUTE_MS),
    most: 1,
    marks: marks.filter(([atMs]) => atMs <= lastMs),
    levels: [
      [0, '0'],
      [0.5, '50 %'],
      [1, '100 %'],
    ],
  };
  return [
    ...drawPanel(panel),
    ...all.map((served, index) => drawSteps(panel, accumulate(served), stroke(index))),
    ...all.map((served, index) => drawSteps(panel, accumulate(served.filter(isCritical)), stroke(index, 'short'))),
  ];
}

function accumulate(served: readonly Served[]): readonly Point[] {
  const times = served.flatMap(({ atMs }) => atMs ?? []).sort((a, b) => a - b);
  return [[0, 0], ...times.map((atMs, rank): Point => [atMs, (rank + 1) / served.length])];
}

function drawPlaces(outcomes: readonly Outcome[], sessions: number): readonly string[] {
  const ends = outcomes.flatMap(({ places }) => places.filter(isTakenUp).map((place) => place.untilMs));
  const lastMs = Math.max(HOUR_MS, ...ends);
  const panel: Panel = {
    top: SECOND_TOP,
    title: `places held of ${sessions}, in 5 minutes each; dashed: by a session at work`,
    share: (atMs) => atMs / lastMs,
    most: sessions,
    marks: Array.from({ length: Math.floor(lastMs / HOUR_MS) + 1 }, (_, hour) => [hour * HOUR_MS, `${hour} h`]),
    levels: [0, sessions / 2, sessions].map((value) => [value, String(value)]),
  };
  return [
    ...drawPanel(panel),
    ...outcomes.map(({ places }, index) =>
      drawSteps(
        panel,
        average(places, lastMs, (place) => place.fromMs),
        stroke(index),
      ),
    ),
    ...outcomes.map(({ places }, index) =>
      drawSteps(
        panel,
        average(places.filter(isTakenUp), lastMs, (place) => place.takenUpAtMs ?? place.fromMs),
        stroke(index, 'short'),
      ),
    ),
  ];
}

function isTakenUp(place: Place): boolean {
  return place.takenUpAtMs !== null;
}

/** How many places are held on average in each span of five minutes, by its beginning. */
function average(places: readonly Place[], lastMs: number, beginOf: (place: Place) => number): readonly Point[] {
  return Array.from({ length: Math.floor(lastMs / BIN_MS) }, (_, bin): Point => {
    const fromMs = bin * BIN_MS;
    const spans = places.map((place) => Math.min(place.untilMs, fromMs + BIN_MS) - Math.max(beginOf(place), fromMs));
    return [fromMs, spans.reduce((sum, ms) => sum + Math.max(0, ms), 0) / BIN_MS];
  });
}

function stroke(index: number, dashes: Stroke['dashes'] = 'none'): Stroke {
  return { color: COLORS[index % COLORS.length] ?? COLORS[0], dashes };
}
