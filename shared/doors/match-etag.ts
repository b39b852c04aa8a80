/** Whether an `If-None-Match` names the ETag of an answer, or any (RFC 9110, 13.1.2: the weak comparison). */
export function matchEtag(ifNoneMatch: string | null, etag: string): 'known' | 'new' {
  const given = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return given.includes(etag) || given.includes('*') ? 'known' : 'new';
}
