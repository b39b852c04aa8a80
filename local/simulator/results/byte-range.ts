/** Which bytes a request asks for; `end` is exclusive. */
export type ByteRange = { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'outside' };

/** Reads a Range header in the two forms that Blob Storage knows, `bytes=a-` and `bytes=a-b`; any other is passed over. */
export function readRange(header: string | undefined, lengthBytes: number): ByteRange {
  const match = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(header ?? '');
  if (match === null) return { kind: 'whole' };
  const start = Number(match[1]);
  const last = match[2] === undefined ? lengthBytes - 1 : Math.min(Number(match[2]), lengthBytes - 1);
  if (match[2] !== undefined && Number(match[2]) < start) return { kind: 'whole' };
  return start >= lengthBytes ? { kind: 'outside' } : { kind: 'part', start, end: last + 1 };
}
