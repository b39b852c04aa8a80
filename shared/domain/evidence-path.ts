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

/** Where a document that was looked up or planned lies in its package: `data/alert/<name>.json`. */
export function placeDocument(name: 'alert' | 'machine' | 'files' | 'plan'): string {
  return `data/alert/${name}.json`;
}
