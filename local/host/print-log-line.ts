import type { LogLevel } from './core-api.ts';

const quietLevels: readonly LogLevel[] = ['trace', 'debug', 'none'];

/** Prints one log line to stdout, those of level trace and debug left out; control characters, which can come from an alert's text, are printed as escapes, and further lines are indented, so that nothing can pass for a line of its own. */
export function printLogLine(level: LogLevel, functionName: string, message: string): void {
  if (quietLevels.includes(level)) return;
  const safe = message.replaceAll('\n', '\n    ').replaceAll(/[^\P{C}\n]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
  console.log(`${new Date().toISOString()} [${level}] ${functionName}: ${safe}`);
}
