/** A live response command as we plan it (Defender: run live response, `Commands`). */
export type Command =
  | { readonly type: 'PutFile'; readonly fileName: string }
  | { readonly type: 'RunScript'; readonly scriptName: string; readonly args: string }
  | { readonly type: 'GetFile'; readonly path: string; readonly madeBy: number | null };

/** The kinds of a command. */
export type CommandType = Command['type'];

/** The commands of one runliveresponse call, in Defender's order: PutFile, RunScript, GetFile. */
export interface Session {
  readonly commands: readonly Command[];
  /** How long after the session before it this one is started, in ms: the harvest of detached work. */
  readonly delayMs?: number | undefined;
}

/** True when a completed command of this kind leaves a result behind; PutFile has none (Defender: run live response). */
export function leavesResult(type: CommandType): boolean {
  return type !== 'PutFile';
}
