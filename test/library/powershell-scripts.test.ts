import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFaults } from './powershell-rules.ts';

const library = resolve(import.meta.dirname, '../../library');
const scripts = readdirSync(library, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ps1'));

test('the library has its PowerShell scripts', () => {
  const names = ['alerted-files', 'harvest', 'process-memory', 'triage'];
  expect(scripts.toSorted()).toEqual(names.map((name) => join('windows', `evidence-${name}.ps1`)));
});

describe.each(scripts)('%s', (script) => {
  const text = readFileSync(join(library, script), 'utf8');

  test('parses, and uses only what a library script may use', () => {
    expect(findFaults(text)).toEqual([]);
  });

  test('begins with the one parameter of the contract and strict mode', () => {
    expect(text).toMatch(
      /\[CmdletBinding\(\)\]\nparam\(\n {4}\[Parameter\(Mandatory, Position = 0\)\]\n {4}\[AllowEmptyString\(\)\]\n {4}\[string\] \$Request\n\)\n\nSet-StrictMode -Version 3\.0\n\$ErrorActionPreference = 'Stop'\n/,
    );
  });

  test('names nothing, not even in a string, that runs text as code or reaches out', () => {
    const words =
      /Invoke-Expression|\biex\b|Invoke-Command|Invoke-WebRequest|Invoke-RestMethod|\biwr\b|\birm\b|WebClient|HttpClient|DownloadString|DownloadFile|Start-Process|Start-Job|EncodedCommand|FromBase64String\([^)]*\)\s*\||Resolve-DnsName|\bcurl\b|\bwget\b|https?:\/\//i;
    expect(words.exec(text)?.[0]).toBeUndefined();
  });
});

describe('the rules find', () => {
  test.each([
    { what: 'Invoke-Expression', text: 'Invoke-Expression -Command $null' },
    { what: 'its alias', text: 'iex $null' },
    { what: 'a call of a string', text: '& "calc.exe"' },
    { what: 'a call of a variable', text: '$x = 1\n& $x' },
    { what: 'dot-sourcing', text: '. $null' },
    { what: 'Start-Process', text: "Start-Process -FilePath 'calc.exe'" },
    { what: 'a download', text: "Invoke-WebRequest -Uri 'x'" },
    { what: 'a web client', text: "[System.Net.WebClient]::new().DownloadString('x')" },
    { what: 'New-Object', text: "New-Object -TypeName 'Net.WebClient'" },
    { what: 'source compiled', text: "Add-Type -TypeDefinition 'x'" },
    { what: 'a path with wildcards', text: "Get-Content -Path 'x'" },
    { what: 'a path without a name', text: "Get-Item 'x'" },
    { what: 'a block made of text', text: "[scriptblock]::Create('x')" },
    { what: 'an alias', text: "gci -LiteralPath 'x'" },
    { what: 'a remote machine', text: "Get-CimInstance -ClassName 'x' -ComputerName 'y'" },
    { what: 'a parameter that does not exist', text: 'function A-B {\n  param([string] $C)\n  $C\n}\nA-B -D 1 -C 2' },
    { what: 'a parameter that is not given', text: 'function A-B {\n  param([string] $C)\n  $C\n}\nA-B' },
    { what: 'a function that is never called', text: "function A-B {\n  'x'\n}" },
    { what: 'a variable that is never set', text: '$unknown' },
    { what: 'a variable of another function', text: 'function A-B {\n  $c = 1\n}\nfunction D-E {\n  $c\n}\nA-B\nD-E' },
    { what: "one of PowerShell's own variables", text: '$host = 1' },
    {
      what: 'a variable of the script that a local one hides',
      text: '$a = 1\nfunction B-C {\n  $a = 2\n  $a\n}\nB-C\n$a',
    },
    { what: 'a CIM method', text: "Invoke-CimMethod -ClassName 'StdRegProv' -MethodName 'SetStringValue'" },
    {
      what: 'a CIM method by a variable',
      text: "$m = 'Create'\nInvoke-CimMethod -ClassName 'Win32_Process' -MethodName $m",
    },
    {
      what: 'a function of Windows that injects',
      text: "$t = @{ Name = 'WriteProcessMemory'; Library = 'kernel32.dll'; Returns = [bool]; Takes = @() }\n$t",
    },
    { what: 'a function of Windows of any name', text: "$n = 'x'\n$t = @{ Name = $n; Library = 'kernel32.dll' }\n$t" },
    {
      what: 'a function of Windows of another library',
      text: "$t = @{ Name = 'ReadFile'; Library = 'ntdll.dll' }\n$t",
    },
    { what: 'a function of Windows declared elsewhere', text: '$b = 1\n$b.DefinePInvokeMethod(1)' },
    { what: 'a brace too few', text: 'if ($true) {' },
  ])('$what', ({ text }) => {
    expect(findFaults(text)).not.toEqual([]);
  });

  test('nothing in a script that keeps them', () => {
    const text = "function A-B {\n  param([string] $C)\n  $d = $C\n  $d\n}\nforeach ($one in @('x')) { A-B -C $one }";
    expect(findFaults(text)).toEqual([]);
  });
});
