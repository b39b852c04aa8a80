import type { Chance } from './chance.ts';
import { leftOf } from './defender/work-action.ts';
import type { Episode, Scenario, Service, Span } from './scenario.ts';

/** What goes on around the instances at the moment. */
export interface Weather {
  isAway(service: Service): boolean;
  /** How long Defender asks this call to wait, null when it takes it. */
  throttles(call: 'start' | 'other'): number | null;
  /** Whether Defender fails this call, and whether it acts all the same. */
  fails(): 'before acting' | 'after acting' | null;
  isTimerSilent(): boolean;
  isTampered(): boolean;
  /** By how many ms an instance's clock is off. */
  clockOff(instance: number): number;
  /** Of the downloads of results that share is cut or lies. */
  badDownloads(): number;
}

type Lasting<W extends Episode['what']> = Extract<Episode, { readonly what: W }> & Span;

const HOUR_MS = 3_600_000;

/** The weather of a scenario; `sinceStart` is ms since the run's start. */
export function watchWeather(scenario: Scenario, sinceStart: () => number, chance: Chance): Weather {
  const { episodes, instances, faultsEndMs } = scenario;
  const find = <W extends Episode['what']>(what: W): readonly Lasting<W>[] =>
    episodes.filter((episode): episode is Lasting<W> => episode.what === what && 'toMs' in episode);
  const away = find('away');
  const throttled = find('throttled');
  const failing = find('defender fails');
  const silent = find('timer silent');
  const tampered = find('tampered library');
  const back = find('clock back');
  const isOn = (spans: readonly Span[]) => spans.length > 0 && leftOf(spans, sinceStart()) > 0;
  return {
    isAway: (service) => isOn(away.filter(({ services }) => services.includes(service))),
    throttles(call) {
      const [storm] = throttled.filter((span) => isOn([span]) && (call === 'start' || span.only === undefined));
      return storm !== undefined && chance.happens(storm.share) ? storm.retryAfterMs : null;
    },
    fails() {
      const [outage] = failing.filter((span) => isOn([span]));
      if (outage === undefined || !chance.happens(outage.share)) return null;
      return chance.happens(0.5) ? 'before acting' : 'after acting';
    },
    isTimerSilent: () => isOn(silent),
    isTampered: () => isOn(tampered),
    badDownloads: () => (sinceStart() < faultsEndMs ? scenario.settings.badDownloads : 0),
    clockOff(instance) {
      if (sinceStart() >= faultsEndMs) return 0;
      const isBack = isOn(back.filter((span) => span.instance === instance));
      return (instances[instance]?.skewMs ?? 0) - (isBack ? HOUR_MS : 0);
    },
  };
}
