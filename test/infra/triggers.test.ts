import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plant, type Templates, templates } from './read-templates.ts';

const functions = new URL('../../functions/', import.meta.url);
const sources = readdirSync(functions).map((file) => readFileSync(new URL(file, functions), 'utf8'));
const scripts = ['subscribe-tickets.sh', 'subscribe-tickets.ps1'].map((file) =>
  readFileSync(new URL(`../../infra/${file}`, import.meta.url), 'utf8'),
);

/** What a function registers: its name, the kind of its trigger, and the rest of the call. */
const registrations = sources.flatMap((code) =>
  [...code.matchAll(/app\.(http|timer|eventGrid|storageBlob|\w+)\('([a-z-]+)', \{([\s\S]*?)handler:/g)].map(
    ([, kind = '', name = '', rest = '']) => ({ kind, name, rest }),
  ),
);

/** What a trigger needs of the templates and does not have there. */
function findMissing({ kind, name, rest }: (typeof registrations)[number], all: Templates): readonly string[] {
  const main = all['main.bicep'] ?? '';
  switch (kind) {
    case 'http':
      return [];
    case 'timer': {
      // The lock that lets one instance run it lies in the storage of the host.
      const own = /schedule: '/.test(rest) || /schedule: settings\.\w/.test(rest);
      const lock = main.includes('AzureWebJobsStorage__blobServiceUri: state.outputs.blobServiceUri');
      return [...(own ? [] : [`${name}: a schedule`]), ...(lock ? [] : [`${name}: storage for its lock`])];
    }
    case 'eventGrid': {
      const topic = all['modules/alert-topic.bicep'] ?? '';
      return topic.includes(`/functions/${name}'`) ? [] : [`${name}: a subscription of the alert topic`];
    }
    case 'storageBlob': {
      const subscription = all['modules/ticket-subscription.bicep'] ?? '';
      const [container = ''] = /path: '([^/']+)/.exec(rest)?.slice(1) ?? [];
      const [connection = ''] = /connection: '(\w+)'/.exec(rest)?.slice(1) ?? [];
      return [
        ...[subscription, ...scripts].flatMap((text, index) =>
          text.includes(`Host.Functions.${name}&code=`) && text.includes(`containers/${container}/`)
            ? []
            : [`${name}: its subscription (${['template', 'sh', 'ps1'][index]})`],
        ),
        ...['blobServiceUri', 'queueServiceUri', 'credential', 'clientId']
          .filter((part) => !main.includes(`${connection}__${part}:`))
          .map((part) => `${name}: ${connection}__${part}`),
      ];
    }
    default:
      return [`${name}: nobody has said what a trigger of the kind ${kind} needs`];
  }
}

const findFaults = (all: Templates) => registrations.flatMap((one) => findMissing(one, all));

describe('the triggers of the functions', () => {
  it('have what they need in the templates', () => {
    const kinds = new Set(registrations.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['http', 'timer', 'eventGrid', 'storageBlob']));
    const registered = sources.join('\n').match(/\bapp\.(?!setup)\w+\('/g) ?? [];
    expect(registrations).toHaveLength(registered.length);
    expect(findFaults(templates)).toEqual([]);
  });

  it.each([
    [
      'modules/alert-topic.bicep',
      '/functions/receive-event',
      '/functions/receive-alert',
      'receive-event: a subscription',
    ],
    [
      'modules/ticket-subscription.bicep',
      'Host.Functions.copy-result',
      'Host.Functions.copy',
      'copy-result: its subscription (template)',
    ],
    [
      'modules/ticket-subscription.bicep',
      'containers/tickets/',
      'containers/ticket/',
      'copy-result: its subscription (template)',
    ],
    [
      'main.bicep',
      'StateStorage__queueServiceUri:',
      'StateStorage__queueUri:',
      'copy-result: StateStorage__queueServiceUri',
    ],
    [
      'main.bicep',
      'AzureWebJobsStorage__blobServiceUri:',
      'AzureWebJobsStorage__blobUri:',
      'check-fixity: storage for its lock',
    ],
  ])('with %s, "%s" planted as "%s" are found wrong', (file, right, wrong, fault) => {
    expect(findFaults(plant(file, right, wrong)).join('\n')).toContain(fault);
  });

  it('of a kind that nobody has thought of are found wrong', () => {
    const unheard = { kind: 'serviceBusQueue', name: 'x', rest: '' };
    expect(findMissing(unheard, templates)).toEqual([
      'x: nobody has said what a trigger of the kind serviceBusQueue needs',
    ]);
  });
});
