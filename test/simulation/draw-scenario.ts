import { type Chance, seedChance } from './chance.ts';
import { drawEpisodes } from './draw-episodes.ts';
import type { AlertPlan, MachinePlan, Scenario, ScenarioSettings, Span } from './scenario.ts';
import { makeAlert, makeMachine } from './small-scenario.ts';
import { chooseTheme, type Theme } from './theme.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const LARGEST_SKEW_MS = 20_000;
const LINK_MS = 30 * MINUTE_MS;
/** How long links last; those that never lead anywhere are asked for again and again, so that few runs have them. */
const LINKS_MS = [...Array.from({ length: 14 }, () => LINK_MS), 1_000, 1_000, 1_000, 1_000, 1_000, 0];
/** For ever, as far as a run is concerned. */
const FOR_EVER_MS = 48 * 60 * MINUTE_MS;

/** Draws a scenario: the same seed always gives the same one. */
export function drawScenario(seed: string): Scenario {
  const chance = seedChance(`${seed} scenario`);
  const theme = chooseTheme(chance);
  const isSkewed = chance.happens(0.2);
  const instances = Array.from({ length: chance.pick(theme.instances) }, () => ({
    skewMs: isSkewed ? chance.between(-LARGEST_SKEW_MS, LARGEST_SKEW_MS) : 0,
  }));
  const machines = Array.from({ length: chance.pick(theme.machines) }, (_, index) => drawMachine(chance, theme, index));
  const alerts = Array.from({ length: chance.pick(theme.alerts) }, (_, index) =>
    drawAlert(chance, theme, index, machines.length),
  );
  const plan = { instances, machines, alerts };
  const episodes = drawEpisodes(chance, theme, plan);
  const ends = episodes.map((episode) => ('toMs' in episode ? episode.toMs : episode.fromMs));
  const settings = drawSettings(chance, theme);
  const strikes = { by: 'chance', rate: chance.pick(theme.rates), ...theme.strikes } as const;
  const isSound = strikes.rate === 0 && !isSkewed && settings.badDownloads === 0 && settings.linkMs === LINK_MS;
  const faultsEndMs = Math.max(isSound ? 0 : chance.between(10, 50) * MINUTE_MS, ...ends);
  return { seed, ...plan, episodes, strikes, faultsEndMs, settings };
}

function drawMachine(chance: Chance, theme: Theme, index: number): MachinePlan {
  return makeMachine(index, {
    system: chance.pick(['linux', 'windows']),
    away: chance.happens(theme.away) ? [drawSpan(chance, [2, 10, 40, 150, null])] : [],
    portal: chance.happens(0.15) ? [drawSpan(chance, [2, 10, 40])] : [],
    beginMs: chance.between(1, chance.pick([5, 120])) * SECOND_MS,
    commandMs: chance.between(1, chance.pick(theme.commandSeconds)) * SECOND_MS,
    finalMs: chance.between(1, 40) * SECOND_MS,
    failsAt: chance.happens(0.25) ? chance.between(0, 2) : null,
    cancelMs: chance.between(1, 90) * SECOND_MS,
    onCancel: chance.pick(['stops', 'runs on']),
  });
}

/** A span that begins in the first 20 minutes and lasts so many minutes, null for ever. */
function drawSpan(chance: Chance, minutes: readonly (number | null)[]): Span {
  const fromMs = chance.happens(0.5) ? 0 : chance.between(0, 20) * MINUTE_MS;
  const length = chance.pick(minutes);
  return { fromMs, toMs: length === null ? FOR_EVER_MS : fromMs + length * MINUTE_MS };
}

function drawAlert(chance: Chance, theme: Theme, index: number, machines: number): AlertPlan {
  const repeats = chance.pick(theme.repeats);
  const firstMs = chance.between(0, chance.pick(theme.firstWithinMs));
  return makeAlert(index, {
    machine: chance.between(0, machines - 1),
    severity: chance.pick(['Low', 'Medium', 'High']),
    files: ['/tmp/one', '/tmp/two', '/tmp/three'].filter(() => chance.happens(0.5)),
    knownFromMs: chance.happens(0.15) ? firstMs + chance.between(0, 20_000) : 0,
    arrivals: Array.from({ length: repeats }, (_, time) => ({
      atMs: time === 0 ? firstMs : firstMs + chance.between(0, chance.pick([500, 30_000, 30 * MINUTE_MS])),
      names: chance.pick(['alert and machine', 'alert and machine', 'alert only']),
    })),
  });
}

function drawSettings(chance: Chance, theme: Theme): ScenarioSettings {
  const deadlineHours = chance.pick([1, 1, 1, 2, 3]);
  const shortestTickMs = deadlineHours * 15_000;
  return {
    mode: chance.pick(theme.modes),
    tickMs: chance.pick([shortestTickMs, Math.max(30_000, shortestTickMs), 60_000]),
    timersAtOnce: chance.pick([1, 1, 1, 2, 3, 5]),
    startsPerMinute: chance.pick(theme.startsPerMinute),
    sessions: chance.pick(theme.sessions),
    deadlineHours,
    pendingLimitMinutes: chance.pick([6, 20]),
    mergeMinutes: chance.pick([0, 60]),
    lagMs: chance.pick([0, 0, 5_000, 60_000, 120_000]),
    tickets: chance.pick(['delivered', 'delivered', 'delivered twice', 'never delivered']),
    linkMs: chance.pick(LINKS_MS),
    badDownloads: chance.pick([0, 0, 0, 0.1, 0.5]),
  };
}
