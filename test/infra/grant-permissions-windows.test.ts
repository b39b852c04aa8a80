import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parsePowerShell } from '../library/powershell-tree.ts';

it('grant-permissions.ps1 is PowerShell without an error', () => {
  const text = readFileSync(new URL('../../infra/grant-permissions.ps1', import.meta.url), 'utf8');
  expect(parsePowerShell(text).rootNode.hasError).toBe(false);
  expect(parsePowerShell(`${text}\nif (`).rootNode.hasError).toBe(true);
  expect(text).not.toMatch(/Invoke-Expression|\biex\b/i);
});
