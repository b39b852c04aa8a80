import { overrideProfiles } from './content/override-profiles.ts';
import { readDenyList } from './content/read-deny-list.ts';
import { readLibrary } from './content/read-library.ts';
import { readProfiles } from './content/read-profiles.ts';
import { openOverrides } from './override-source.ts';
import type { ContentPort, LogLine } from './pipeline/ports.ts';
import type { Settings } from './settings.ts';

const CONTENT = {
  profiles: new URL('../profiles/', import.meta.url),
  library: new URL('../library/', import.meta.url),
};

/** Profiles, deny list and scripts as they ship; profiles with the overrides of ConfigStorage where that is set. */
export function openContent(
  { configStorage }: Pick<Settings, 'configStorage'>,
  now: () => Date,
  log: (line: LogLine) => void,
): ContentPort {
  const shipped = once(() => readProfiles(CONTENT.profiles));
  const denyList = once(() => readDenyList(CONTENT.profiles));
  const scripts = once(() => readLibrary(CONTENT.library));
  if (configStorage === null) return { profiles: shipped, denyList, scripts };
  const note = (what: string, name: string, where: string) => log({ event: 'profile override', what, name, where });
  const profiles = overrideProfiles({ source: openOverrides(configStorage), shipped, scripts, now, note });
  return { profiles, denyList, scripts };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((fault: unknown) => {
      made = null;
      throw fault;
    });
    return made;
  };
}
