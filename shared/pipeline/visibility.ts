/** How long Defender may take to show an action it accepted, in ms: others saw up to two minutes; 180 s leaves room. */
export const VISIBILITY_MS = 180_000;
