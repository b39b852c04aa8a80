const LONGEST = 300;

/** A stand-in's token may be a single letter; hiding that would make a riddle of every message. */
export const SHORTEST_SECRET = 8;

/** Control and format characters, among them those that reverse or hide text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const LINK = /\b[a-z][a-z0-9+.-]{1,20}:\/\/\S+/gi;
const BEARER = /\b(bearer|basic)\s+\S+/gi;
const QUERY = /\?\S*=\S*/g;
/** Names whose value opens something: those of a SAS, and the usual ones. */
const SECRET_VALUE =
  /\b(sig|signature|se|sp|sv|sr|skoid|sktid|token|access_token|id_token|code|key|password|pwd|secret|client_secret|authorization|assertion)["']?\s*(?:=|%3d|:)\s*["']?[^\s"',;]+/gi;
const LONG_RUN = /[A-Za-z0-9+/_=.%-]{65,}/g;

/** A foreign message fit for an error: one line of at most 300 characters, without links, queries, secrets, long runs or invisible characters. */
export function cleanMessage(message: string, secrets: readonly string[] = []): string {
  let text = message.slice(0, 4_000);
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(secret, '[hidden]');
  text = text
    .replace(INVISIBLE, ' ')
    .replace(LINK, '[link]')
    .replace(QUERY, '[hidden]')
    .replace(BEARER, '$1 [hidden]')
    .replace(SECRET_VALUE, '$1 [hidden]')
    .replace(LONG_RUN, '[hidden]')
    .replace(/\s+/g, ' ')
    .trim();
  return (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text).toWellFormed();
}
