/** Something that happens at a time; of two at the same time the one with the lower `order` comes first. */
interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: what is put on it happens in its order, and nothing waits for a real clock. */
export interface Timeline {
  /** Epoch ms. */
  now(): number;
  /** Lets something happen so many ms from now. */
  after(ms: number, run: () => void): void;
  /** Takes the next happening; `over` when there is none. */
  step(): 'happened' | 'over';
}

/** A timeline that begins at that time; `toss` in [0, 1) orders what falls on the same instant. */
export function openTimeline(startMs: number, toss: () => number): Timeline {
  const heap: Happening[] = [];
  let nowMs = startMs;
  return {
    now: () => nowMs,
    after(ms, run) {
      push(heap, { atMs: nowMs + Math.max(0, ms), order: toss(), run });
    },
    step() {
      const next = pop(heap);
      if (next === null) return 'over';
      nowMs = next.atMs;
      next.run();
      return 'happened';
    },
  };
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Happening[], added: Happening): void {
  let at = heap.length;
  heap.push(added);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(added, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = added;
}

function pop(heap: Happening[]): Happening | null {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined) return null;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const isRight = right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heap[at] = last;
  return first;
}
