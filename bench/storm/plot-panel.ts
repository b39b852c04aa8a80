/** A point of a curve: ms since the storm began, and a value. */
export type Point = readonly [atMs: number, value: number];

/** Where a panel lies and what its axes are: `share` puts a time at 0 to 1 of its width, values go from 0 to `most`. */
export interface Panel {
  readonly top: number;
  readonly title: string;
  readonly share: (atMs: number) => number;
  readonly most: number;
  readonly marks: readonly (readonly [atMs: number, label: string])[];
  readonly levels: readonly (readonly [value: number, label: string])[];
}

/** How a curve is drawn. */
export interface Stroke {
  readonly color: string;
  readonly dashes: 'none' | 'short';
}

/** Sizes in pixels. */
export const PLOT = { width: 760, left: 56, right: 16, panelHeight: 180 };
const GRID = '#e4e4e4';

/** The panel's title, grid and labels as SVG elements. */
export function drawPanel(panel: Panel): readonly string[] {
  const { top, title, marks, levels } = panel;
  const bottom = top + PLOT.panelHeight;
  return [
    writeText(PLOT.left, top - 8, title),
    ...marks.map(([atMs, label]) => {
      const x = placeX(panel, atMs);
      return drawLine(x, top, x, bottom, { color: GRID, dashes: 'none' }) + writeText(x, bottom + 16, label, 'middle');
    }),
    ...levels.map(([value, label]) => {
      const y = placeY(panel, value);
      const line = drawLine(PLOT.left, y, PLOT.width - PLOT.right, y, { color: GRID, dashes: 'none' });
      return line + writeText(PLOT.left - 6, y + 4, label, 'end');
    }),
  ];
}

/** A curve that stays at each value until the next point. */
export function drawSteps(panel: Panel, points: readonly Point[], { color, dashes }: Stroke): string {
  const path = points.map(([atMs, value], index) => {
    const [x, y] = [placeX(panel, atMs).toFixed(1), placeY(panel, value).toFixed(1)];
    return index === 0 ? `M${x} ${y}` : `H${x}V${y}`;
  });
  return `<path d="${path.join('')}" fill="none" stroke="${color}" stroke-width="1.5"${dashOf(dashes)}/>`;
}

/** A straight line. */
export function drawLine(x1: number, y1: number, x2: number, y2: number, { color, dashes }: Stroke): string {
  const [from, to] = [`x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}"`, `x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"`];
  return `<line ${from} ${to} stroke="${color}"${dashOf(dashes)}/>`;
}

/** A text of ours: nothing in it is escaped. */
export function writeText(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
}

function placeX({ share }: Panel, atMs: number): number {
  return PLOT.left + Math.min(1, Math.max(0, share(atMs))) * (PLOT.width - PLOT.left - PLOT.right);
}

function placeY({ top, most }: Panel, value: number): number {
  return top + PLOT.panelHeight * (1 - value / most);
}

function dashOf(dashes: Stroke['dashes']): string {
  return dashes === 'none' ? '' : ' stroke-dasharray="3 3"';
}
