/** Families of operating systems that have scripts of their own. */
export const OPERATING_SYSTEMS = ['windows', 'linux', 'macos'] as const;

/** One family of operating systems. */
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number];

/** A machine as it was looked up, reduced to what planning and the record need. */
export interface Machine {
  readonly id: string;
  readonly name: string | null;
  /** Defender's own word, such as `Windows11` or `Linux`; the list is open. */
  readonly osPlatform: string;
  readonly operatingSystem: OperatingSystem | null;
  readonly tags: readonly string[];
  readonly group: string | null;
  readonly healthStatus: string | null;
  /** The id of the machine that Defender has merged this one into, null while it stands for itself. */
  readonly mergedInto: string | null;
}

const LINUX_PLATFORMS = [
  'linux',
  'ubuntu',
  'debian',
  'redhat',
  'rhel',
  'centos',
  'suse',
  'sles',
  'oracle',
  'amazon',
  'fedora',
  'rocky',
  'alma',
  'mariner',
];

/** The family that Defender's `osPlatform` belongs to, null for one that no script covers. */
export function familyOf(osPlatform: string): OperatingSystem | null {
  const platform = osPlatform.toLowerCase();
  if (platform.startsWith('windows')) return 'windows';
  if (platform.startsWith('macos')) return 'macos';
  return LINUX_PLATFORMS.some((name) => platform.startsWith(name)) ? 'linux' : null;
}
