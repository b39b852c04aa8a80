import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { linux, windows } from '../../local/simulator/default-machines.ts';
import { makeAlert } from '../../local/simulator/make-entities.ts';
import { recordWindows } from '../../local/start/record-windows.ts';
import { type AppUnderTest, startAppUnderTest } from '../functions/app-under-test.ts';
import { principalHeader } from '../functions/principal-header.ts';
import { readPayloadText, WANTED } from '../shared/doors/payload-fixtures.ts';
import { type ConnectorRequest, runPlaybook, type RunWorld } from './logic-apps/run-playbook.ts';

const ARM =
  '/subscriptions/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/law/providers/Microsoft.SecurityInsights/Incidents/';
const INCIDENT_OF_ALERT = `${ARM}00000000-0000-4000-8000-000000000031`;

/** What each playbook is started by in these tests. */
const PLAYBOOKS = [
  {
    file: 'incident.json',
    trigger: 'sentinel-incident',
    role: 'Submit',
    incident: `${ARM}00000000-0000-4000-8000-000000000001`,
  },
  { file: 'alert.json', trigger: 'sentinel-alert', role: 'Submit', incident: INCIDENT_OF_ALERT },
  {
    file: 'entity.json',
    trigger: 'sentinel-entity',
    role: 'Operate',
    incident: `${ARM}00000000-0000-4000-8000-000000000005`,
  },
] as const;

/** Sentinel: the incident of an alert is looked up, and a comment is taken. */
function answerAsSentinel({ method }: ConnectorRequest): unknown {
  return method === 'get' ? { id: INCIDENT_OF_ALERT, properties: { title: 'x' } } : {};
}

/** A world in which a playbook meets this collector as a caller with that role. */
function worldOf(collectorUrl: string, trigger: string, role: string, changes: Partial<RunWorld> = {}): RunWorld {
  return {
    collectorUrl,
    triggerBody: JSON.parse(readPayloadText(trigger)) as unknown,
    identity: principalHeader([role]),
    wait: () => sleep(200),
    problems: 'as content',
    patience: 400,
    answer: answerAsSentinel,
    ...changes,
  };
}

/** What a run would have written to an incident. */
function commentsOf(asked: readonly ConnectorRequest[]): readonly { incidentArmId: string; message: string }[] {
  return asked
    .filter(({ path }) => path === '/Incidents/Comment')
    .map(({ body }) => body as { incidentArmId: string; message: string });
}

describe('a playbook on the local host, where the platform authenticates', () => {
  let app: AppUnderTest;
  beforeAll(async () => {
    app = await startAppUnderTest({ settings: { WEBSITE_AUTH_ENABLED: 'true', COMMENT_ON_ALERT: 'true' } });
    // What a script really collects is tried elsewhere.
    const recording = recordWindows();
    const { 'evidence-triage.ps1': answer } = recording.scripts;
    if (answer === undefined) throw new Error('The recording has no triage.');
    const scripts = { 'evidence-triage.sh': answer };
    app.simulator.addMachine({ kind: 'recorded', entity: linux, recording: { ...recording, scripts } });
    for (const name of ['sentinel-incident', 'sentinel-alert', 'defender-connector'])
      for (const { alertId, on } of WANTED[name] ?? []) {
        const alertCreationTime = new Date().toISOString();
        const aadTenantId = 'a839b112-1253-6432-9bf6-94542403f21c';
        const facts = {
          id: alertId,
          severity: 'Medium',
          title: 'From a playbook',
          alertCreationTime,
          aadTenantId,
        } as const;
        app.simulator.addAlert({ entity: makeAlert(on, facts), relatedFiles: [] });
      }
  });
  afterAll(() => app.close());

  const MACHINE_OF = { 'incident.json': linux, 'alert.json': linux, 'entity.json': windows } as const;

  it.each(PLAYBOOKS)(
    '$file: evidence is collected, and its incident told',
    async ({ file, trigger, role, incident }) => {
      const run = await runPlaybook(file, worldOf(app.url, trigger, role));
      expect(run.faults).toEqual([]);
      const [comment, ...others] = commentsOf(run.asked);
      expect(others).toEqual([]);
      expect(comment?.incidentArmId).toBe(incident);
      const [, status, machine, reason, id, url] =
        /^<p>Evidence collector<\/p><ul><li><b>(\w+)<\/b> on ([\w.-]+)(: .+)? \(collection ([0-9a-f]+), (http:\S+)\)<\/li><\/ul>$/.exec(
          comment?.message ?? '',
        ) ?? [];
      expect({ message: comment?.message, machine }).toMatchObject({ machine: MACHINE_OF[file].computerDnsName });
      // The second alert on a machine is told by whom it was taken in.
      expect(reason === undefined ? status : `${status} with a reason`).toMatch(/^(?:collected|merged with a reason)$/);
      expect(url).toBe(`${app.url}/api/collections/${id}`);
      const shown = await fetch(url ?? '', { headers: principalHeader(['Read']) });
      expect(await shown.json()).toMatchObject({ id, status, machineId: MACHINE_OF[file].id });
    },
  );

  it('defender-connector.json: evidence is collected, and the collector itself comments on the alert', async () => {
    const run = await runPlaybook('defender-connector.json', worldOf(app.url, 'defender-connector', 'Submit'));
    expect(run).toMatchObject({ faults: [], asked: [], statuses: { Collect: 'Succeeded' } });
    const { id } = JSON.parse(readPayloadText('defender-connector')) as { id: string };
    const headers = { authorization: `Bearer ${app.simulator.token}` };
    const alert = await fetch(`${app.simulator.apiUrl}/api/alerts/${id}`, { headers });
    const { comments } = (await alert.json()) as { comments: { comment: string }[] };
    expect(comments).toMatchObject([
      { comment: expect.stringMatching(/^Evidence Collector: (?:collected|this alert is collected as)/) },
    ]);
  });

  it.each(['as JSON', 'as content'] as const)('an incident of another product is told why, %s', async (problems) => {
    const world = worldOf(app.url, 'sentinel-incident-other-product', 'Submit', { problems });
    const { asked, faults } = await runPlaybook('incident.json', world);
    expect(faults).toEqual([]);
    expect(commentsOf(asked).map(({ message }) => message)).toEqual([
      '<p>Evidence collector</p><ul><li>Not collected: Its alerts are of Microsoft Defender for Office 365, not of Defender for Endpoint.</li></ul>',
    ]);
  });

  it.each(
    PLAYBOOKS.flatMap((playbook) =>
      (['as JSON', 'as content'] as const).map((problems) => ({ ...playbook, problems })),
    ),
  )('$file: an incident is told that the caller lacks the role, and which, $problems', async (given) => {
    const { file, trigger, incident, problems } = given;
    const run = await runPlaybook(file, worldOf(app.url, trigger, 'Read', { problems }));
    expect(run.faults).toEqual([]);
    expect(commentsOf(run.asked)).toEqual([
      {
        incidentArmId: incident,
        message: expect.stringMatching(
          /^<p>The evidence collector came to no outcome\. It answered 403\. .*\bSubmit\b.*<\/p>$/,
        ),
      },
    ]);
  });

  it('a host that is looked at outside any incident is collected all the same', async () => {
    const { IncidentArmID: _, ...bare } = JSON.parse(readPayloadText('sentinel-entity')) as Record<string, unknown>;
    const world = worldOf(app.url, 'sentinel-entity', 'Operate', { triggerBody: bare });
    const { asked, statuses, faults } = await runPlaybook('entity.json', world);
    expect({ asked, faults, collect: statuses['Collect'] }).toEqual({ asked: [], faults: [], collect: 'Succeeded' });
  });
});

/** Something that answers in the collector's place, in this order; the last answer stays. */
async function startStandIn(
  answers: readonly { status: number; headers?: Record<string, string>; body?: string }[],
): Promise<{ url: string; seen: { method: string; principal: string | undefined }[] }> {
  const seen: { method: string; principal: string | undefined }[] = [];
  const server = createServer((request, response) => {
    request.resume();
    const { status = 500, headers = {}, body = '' } = answers[Math.min(seen.length, answers.length - 1)] ?? {};
    const principal = request.headers['x-ms-client-principal'];
    seen.push({ method: request.method ?? '', principal: Array.isArray(principal) ? principal[0] : principal });
    const location = status === 202 ? { location: `http://${request.headers.host}/api/operations/1` } : {};
    response.writeHead(status, { ...location, ...headers }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, seen };
}

describe('a playbook and an answer that the collector gives seldom or never', () => {
  const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
  const collected = (more: object) => ({
    status: 200,
    headers: JSON_TYPE,
    body: JSON.stringify({
      collections: [{ id: 'c1', status: 'partial', url: 'https://x/c1', reason: null, ...more }],
    }),
  });

  it.each(PLAYBOOKS)(
    '$file: a 202 is asked again as late as it says, with the same identity',
    async ({ file, trigger }) => {
      const waits: number[] = [];
      const pending = (seconds: number) => ({ status: 202, headers: { ...JSON_TYPE, 'retry-after': String(seconds) } });
      const { url, seen } = await startStandIn([pending(7), pending(11), collected({ machineName: 'pc-1' })]);
      const wait = async (seconds: number) => void waits.push(seconds);
      const { asked } = await runPlaybook(file, worldOf(url, trigger, 'Submit', { wait }));
      expect(waits).toEqual([7, 11]);
      expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
      expect(new Set(seen.map(({ principal }) => principal)).size).toBe(1);
      expect(seen[0]?.principal).toMatch(/^\w{20}/);
      expect(commentsOf(asked)[0]?.message).toContain('<b>partial</b> on pc-1 (collection c1, https://x/c1)');
    },
  );

  it.each(PLAYBOOKS)('$file: nothing of a name or a reason becomes markup', async ({ file, trigger }) => {
    const hostile = { machineName: '<img src=x onerror=1>', reason: 'a & b <script>' };
    const { url } = await startStandIn([collected(hostile)]);
    const { asked } = await runPlaybook(file, worldOf(url, trigger, 'Submit'));
    expect(commentsOf(asked)[0]?.message).toContain(
      ' on &lt;img src=x onerror=1&gt;: a &amp; b &lt;script&gt; (collection c1',
    );
  });

  it.each(PLAYBOOKS)('$file: a page that the platform answers in its place is told by its status', async (given) => {
    const { url } = await startStandIn([
      { status: 401, headers: { 'content-type': 'text/html' }, body: '<h1>No</h1>' },
    ]);
    const { asked, statuses } = await runPlaybook(given.file, worldOf(url, given.trigger, 'Submit'));
    expect(commentsOf(asked).map(({ message }) => message)).toEqual([
      '<p>The evidence collector came to no outcome. It answered 401. See the run of this playbook.</p>',
    ]);
    expect(statuses['Why']).toBe('Failed');
  });

  it.each(PLAYBOOKS)('$file: a collection that does not end in time is told as such', async ({ file, trigger }) => {
    const { url } = await startStandIn([{ status: 202, headers: { ...JSON_TYPE, 'retry-after': '1' } }]);
    const world = worldOf(url, trigger, 'Submit', { patience: 2, wait: async () => undefined });
    const { asked, statuses } = await runPlaybook(file, world);
    expect(statuses['Collect']).toBe('TimedOut');
    expect(commentsOf(asked).map(({ message }) => message)).toEqual([
      '<p>The evidence collector came to no outcome. It answered nothing. See the run of this playbook.</p>',
    ]);
  });
});

describe('the triggers and actions of connectors', () => {
  it.each([
    ['incident.json', 'azuresentinel', '/incident-creation'],
    ['alert.json', 'azuresentinel', '/subscribe'],
    ['entity.json', 'azuresentinel', '/entity/Host'],
    ['defender-connector.json', 'wdatp', '/subscriptions'],
  ])('%s subscribes at %s by %s with its callback', async (file, connection, path) => {
    const { url } = await startStandIn([{ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }]);
    const { subscribed } = await runPlaybook(file, worldOf(url, 'sentinel-alert', 'Submit'));
    expect(subscribed).toMatchObject({ connection, method: 'post', path });
    expect(JSON.stringify(subscribed.body)).toContain('https://logic.invalid/callback');
  });

  it('alert.json asks for the incident of its alert, and writes nothing where there is none', async () => {
    const { url } = await startStandIn([{ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }]);
    const { asked, statuses } = await runPlaybook(
      'alert.json',
      worldOf(url, 'sentinel-alert', 'Submit', { answer: () => null }),
    );
    const scope = '/subscriptions/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/resourceGroups/soc';
    expect(asked).toEqual([
      {
        connection: 'azuresentinel',
        method: 'get',
        path: `/Incidents${scope}/workspaces/a9b8c7d6-0000-4000-8000-000000000001/alerts/00000000-0000-4000-8000-000000000031`,
        body: undefined,
      },
    ]);
    expect(statuses).toMatchObject({ Incident_of_alert: 'Failed', Tell: 'Skipped' });
  });
});
