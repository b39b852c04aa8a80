import type { CommandType } from './command.ts';
import type { ResultKey } from './result.ts';

const FILE_OF: Readonly<Record<CommandType, string>> = {
  RunScript: 'transcript.json',
  GetFile: 'content',
  PutFile: 'content',
};

/** Where a command's result lies in its package, made of our numbers only: `data/0-1-getfile/content`. */
export function placeResult(key: ResultKey, command: CommandType): string {
  return `data/${key.session}-${key.index}-${command.toLowerCase()}/${FILE_OF[command]}`;
}

/** A document of a package: what Defender gave, what was planned, and, without an alert, what was asked for. */
export type DocumentName = 'alert' | 'request' | 'machine' | 'files' | 'plan';

/** Where a document that was looked up or planned lies in its package: `data/alert/<name>.json`. */
export function placeDocument(name: DocumentName): string {
  return `data/alert/${name}.json`;
}
