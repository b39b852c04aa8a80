import type { ResultKey } from './result.ts';
import type { Transcript } from './transcript.ts';

/** A part of a text for people, and how long all of it is, in characters. */
export interface Excerpt {
  readonly text: string;
  readonly characters: number;
}

/** As much of a script's transcript as a report shows; hostile text. */
export interface ShownTranscript extends ResultKey {
  readonly output: Excerpt;
  readonly errors: Excerpt;
}

const MAX_CHARACTERS = 8000;
const BEGIN = '-----BEGIN EVIDENCE ANSWER-----';
const END = '-----END EVIDENCE ANSWER-----';

/** Cuts a transcript down to what a report shows: its beginning, without the encoded answer. */
export function showTranscript(key: ResultKey, { output, errors }: Transcript): ShownTranscript {
  const { session, index } = key;
  return { session, index, output: excerpt(output), errors: excerpt(errors) };
}

function excerpt(text: string): Excerpt {
  return { text: leaveOutAnswer(text).slice(0, MAX_CHARACTERS).toWellFormed(), characters: text.length };
}

/** The script's answer is one long token of base64url, which tells a reader nothing. */
function leaveOutAnswer(text: string): string {
  const end = text.lastIndexOf(END);
  const begin = text.lastIndexOf(BEGIN, end);
  if (end < 0 || begin < 0) return text;
  const answer = text.slice(begin + BEGIN.length, end);
  if (!/^[\sA-Za-z0-9_=-]*$/.test(answer)) return text;
  return `${text.slice(0, begin)}${BEGIN}\n(${answer.trim().length} characters of base64url)\n${text.slice(end)}`;
}
