import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemplate } from './bicep/bicep-tree.ts';
import { checkModules, checkResources, type ResourceTypes } from './bicep/check-types.ts';
import { plant, type Templates, templates } from './read-templates.ts';

const types = JSON.parse(readFileSync(new URL('bicep/resource-types.json', import.meta.url), 'utf8')) as ResourceTypes;

/** What is wrong with the templates, each fault with its file and line. */
function findFaults(all: Templates): readonly string[] {
  const read = new Map(Object.entries(all).map(([file, text]) => [file, readTemplate(text)]));
  return [...read].flatMap(([file, template]) => {
    const find = (path: string) => read.get(posix.join(posix.dirname(file), path));
    return [
      ...template.faults.map((line) => `${line}: it is no Bicep`),
      ...checkResources(template, types),
      ...checkModules(template, find),
    ].map((fault) => `${file}:${fault}`);
  });
}

describe('the templates', () => {
  it("are Bicep, fit Microsoft's types, and give each module what it takes", () => {
    expect(findFaults(templates)).toEqual([]);
    const declared = Object.values(templates).flatMap((text) => readTemplate(text).declarations);
    const written =
      Object.values(templates)
        .join('\n')
        .match(/^(?:resource|module) /gm) ?? [];
    expect(declared).toHaveLength(written.length);
  });

  it('know no resource type that no template uses', () => {
    const text = Object.values(templates).join('\n');
    const unused = Object.keys(types).filter((type) => {
      const [name = '', version = ''] = type.replace(/#.*/, '').split('@');
      return !text.includes(`'${name}@${version}'`) && !text.includes(`'${name.split('/').at(-1)}'`);
    });
    expect(unused).toEqual([]);
  });

  it.each([
    ['a bracket', 'main.bicep', "name: 'monitoring'\n", "name: 'monitoring'\n  }\n", 'it is no Bicep'],
    ['a resource type', 'modules/workbook.bicep', 'Insights/workbooks@', 'Insights/workbook@', 'is no resource type'],
    [
      'an API version',
      'modules/workbook.bicep',
      '@2023-06-01',
      '@2023-06-02',
      'is no resource type of that API version',
    ],
    [
      'a property',
      'modules/state-storage.bicep',
      'allowSharedKeyAccess:',
      'allowSharedKeyAcces:',
      'has no property allowSharedKeyAcces',
    ],
    [
      'a property far inside',
      'modules/evidence-storage.bicep',
      'requireInfrastructureEncryption:',
      'infrastructureEncryption:',
      'has no property infrastructureEncryption',
    ],
    ['a property in a list', 'modules/alarms.bicep', 'timeAggregation:', 'aggregation:', 'has no property aggregation'],
    [
      'a property of a nested level that is open',
      'modules/budget.bicep',
      'thresholdType:',
      'treshholdType:',
      'has no property treshholdType',
    ],
    ['a required property', 'modules/budget.bicep', "    timeGrain: 'Monthly'\n", '', 'lacks timeGrain'],
    ['a text of a list', 'modules/network.bicep', "name: 'Standard' }", "name: 'Standart' }", "is 'Standart', none of"],
    [
      'a kind of value',
      'modules/alarms.bicep',
      'autoMitigate: true',
      "autoMitigate: 'true'",
      'is a text and has to be a bool',
    ],
    ['a list', 'modules/alarms.bicep', 'scopes: [workspaceId]', "scopes: 'x'", 'has to be a list'],
    [
      'an object',
      'modules/network.bicep',
      'subnet: { id: network::endpoints.id }',
      "subnet: 'x'",
      'has to be an object',
    ],
    [
      'a path of a module',
      'main.bicep',
      "'modules/alarms.bicep'",
      "'modules/alarm.bicep'",
      'there is no module modules/alarm.bicep',
    ],
    [
      'a parameter of a module',
      'main.bicep',
      '    startDate: budgetStartDate',
      '    start: budgetStartDate',
      'budget has no parameter start',
    ],
    [
      'a missing parameter',
      'main.bicep',
      '    startDate: budgetStartDate\n',
      '',
      'budget lacks the parameter startDate',
    ],
    [
      'an output of a module',
      'main.bicep',
      'signing.outputs.vaultId',
      'signing.outputs.vault',
      'signing has no output vault',
    ],
  ])('with %s planted wrong are found wrong', (_, file, right, wrong, fault) => {
    expect(findFaults(plant(file, right, wrong)).join('\n')).toContain(fault);
  });
});
