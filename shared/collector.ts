import { compose } from './compose.ts';

const composed = compose(process.env);

/** The settings, read once at start; a fault of them stops the start and names all of them. */
export const settings = composed.settings;

/** The collector with its storage made sure of. */
export const openCollector = composed.open;
