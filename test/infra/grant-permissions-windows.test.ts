import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parsePowerShell, walk } from '../library/powershell-tree.ts';

const hasError = (text: string) => [...walk(parsePowerShell(text))].some((node) => node.isError || node.isMissing);

it('grant-permissions.ps1 is PowerShell without an error', () => {
  const text = readFileSync(new URL('../../infra/grant-permissions.ps1', import.meta.url), 'utf8');
  expect(hasError(text)).toBe(false);
  expect(hasError(`${text}\nif (`)).toBe(true);
  expect(text).not.toMatch(/Invoke-Expression|\biex\b/i);
});
