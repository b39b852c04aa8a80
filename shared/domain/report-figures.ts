const UNITS = ['bytes', 'KiB', 'MiB', 'GiB'] as const;

/** A size for people, with its exact bytes behind it from 1 KiB on: `12.4 MiB (13,004,211 bytes)`. */
export function writeBytes(bytes: number): string {
  const short = shortenBytes(bytes);
  return bytes < 1024 ? short : `${short} (${group(bytes)} bytes)`;
}

/** A size for people: `12.4 MiB`. */
export function shortenBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power]}`;
}

/** A time for people, in UTC to the second: `2026-05-02 03:14:07 UTC`. */
export function writeTime(at: string): string {
  return at.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');
}

/** A length of time for people, in its two largest units: `2 h 3 min`, `6 min 12 s`, `0.4 s`. */
export function writeDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (durationMs < 9_950) return `${(durationMs / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A count with its noun: `1 file`, `1,204 files`. */
export function writeCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${group(count)} ${count === 1 ? noun : plural}`;
}

function group(value: number): string {
  return value.toLocaleString('en-US');
}
