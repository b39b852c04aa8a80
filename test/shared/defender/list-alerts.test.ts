import { describe, expect, it } from 'vitest';
import type { AlertFilter } from '../../../shared/defender/alerts.ts';
import { type Arrived, json, refusal, type Step, withScript } from './scripted-server.ts';

const FROM = '2026-01-20T20:00:00Z';

/** An alert in a list, with the evidence that `$expand` brings. */
function row(id: string, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    id,
    incidentId: 1126093,
    severity: 'High',
    status: 'New',
    detectionSource: 'WindowsDefenderAtp',
    category: 'Execution',
    title: 'a title',
    alertCreationTime: '2026-01-20T19:59:00.7220239Z',
    lastUpdateTime: '2026-01-20T20:33:59.2Z',
    machineId: '111e6dd8c833c8a052ea231ec1b19adaf497b625',
    aadTenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
    evidence: [{ entityType: 'File', fileName: 'a.exe', filePath: 'c:\\temp', sha256: 'ab'.repeat(32) }],
    ...changes,
  };
}

function page(...ids: string[]): Step {
  return json(200, { value: ids.map((id) => row(id)) });
}

function optionsOf(call: Arrived | undefined): Record<string, string> {
  return Object.fromEntries(new URL(call?.url ?? '', 'http://x').searchParams);
}

async function list(steps: Step[], filter: AlertFilter) {
  return withScript(steps, async ({ client, arrived }) => ({ alerts: await client.listAlerts(filter), arrived }));
}

describe('listAlerts', () => {
  it('ends before a time, and with the answer that brings as many as are wanted', async () => {
    const window = { updatedFrom: FROM, updatedBefore: '2026-01-20T21:00:00Z', alertsPerCall: 2, atMost: 2 };
    const { alerts, arrived } = await list([page('da1_1', 'da1_2')], window);
    expect(alerts).toHaveLength(2);
    expect(arrived).toHaveLength(1);
    expect(optionsOf(arrived[0])).toMatchObject({
      $filter: 'lastUpdateTime ge 2026-01-20T20:00:00.000Z and lastUpdateTime lt 2026-01-20T21:00:00.000Z',
    });
  });

  it('reads each alert with its files, its status and when it was updated', async () => {
    const { alerts, arrived } = await list([page('da1_-2')], { updatedFrom: FROM });
    expect(alerts).toEqual([
      {
        alert: {
          id: 'da1_-2',
          incidentId: '1126093',
          tenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
          machineId: '111e6dd8c833c8a052ea231ec1b19adaf497b625',
          severity: 'High',
          title: 'a title',
          category: 'Execution',
          detectionSource: 'WindowsDefenderAtp',
          createdAt: '2026-01-20T19:59:00.7220239Z',
          files: [{ path: 'c:\\temp\\a.exe', sha1: null, sha256: 'ab'.repeat(32), md5: null, sizeBytes: null }],
          traces: [{ path: 'c:\\temp\\a.exe', commandLine: null, processId: null, parentProcessId: null }],
        },
        status: 'New',
        updatedAt: '2026-01-20T20:33:59.2Z',
      },
    ]);
    expect(arrived.map(({ method, url }) => [method, url.split('?')[0]])).toEqual([['GET', '/api/alerts']]);
    expect(optionsOf(arrived[0])).toEqual({
      $filter: 'lastUpdateTime ge 2026-01-20T20:00:00.000Z',
      $expand: 'evidence',
      $top: '500',
    });
  });

  it.each<[AlertFilter, string]>([
    [{ updatedFrom: '2026-01-20T21:00:00+01:00' }, 'lastUpdateTime ge 2026-01-20T20:00:00.000Z'],
    [
      { updatedFrom: '2026-01-20T20:00:00.1234567Z', severities: ['High'] },
      "lastUpdateTime ge 2026-01-20T20:00:00.123Z and (severity eq 'High')",
    ],
    [
      { updatedFrom: FROM, severities: ['High', 'Medium'], statuses: ['New', 'InProgress'] },
      "lastUpdateTime ge 2026-01-20T20:00:00.000Z and (severity eq 'High' or severity eq 'Medium') and (status eq 'New' or status eq 'InProgress')",
    ],
  ])('asks for %j', async (filter, expected) => {
    const { arrived } = await list([page()], filter);
    expect(optionsOf(arrived[0])['$filter']).toBe(expected);
  });

  it('asks for nothing when no severity or no status is wanted', async () => {
    for (const none of [{ severities: [] }, { statuses: [] }]) {
      expect((await list([], { updatedFrom: FROM, ...none })).arrived).toEqual([]);
    }
  });

  it.each([
    { updatedFrom: 'yesterday' },
    { updatedFrom: '2026-01-20' },
    { updatedFrom: '2026-01-20T20:00:00' },
    { updatedFrom: '2026-01-20T20:00:00Z or 1 eq 1' },
    { updatedFrom: FROM, alertsPerCall: 0 },
    { updatedFrom: FROM, alertsPerCall: 10_001 },
    { updatedFrom: FROM, alertsPerCall: 1.5 },
  ])('sends nothing for %j', async (filter) => {
    await withScript([], async ({ client, arrived }) => {
      await expect(client.listAlerts(filter)).rejects.toMatchObject({ code: 'InvalidArgument', status: null });
      expect(arrived).toEqual([]);
    });
  });

  it('follows next links', async () => {
    const first = { value: [row('a')], '@odata.nextLink': '/api/alerts?$skiptoken=1' };
    const { alerts, arrived } = await list([json(200, first), page('b')], { updatedFrom: FROM });
    expect(alerts.map(({ alert }) => alert.id)).toEqual(['a', 'b']);
    expect(arrived[1]?.url).toBe('/api/alerts?$skiptoken=1');
  });

  it('asks on after a full answer that has no next link, and gives each alert once, as it was read last', async () => {
    const steps = [page('a', 'b'), json(200, { value: [row('b', { status: 'Resolved' }), row('c')] }), page()];
    const { alerts, arrived } = await list(steps, { updatedFrom: FROM, alertsPerCall: 2 });
    expect(alerts.map(({ alert, status }) => [alert.id, status])).toEqual([
      ['a', 'New'],
      ['b', 'Resolved'],
      ['c', 'New'],
    ]);
    expect(arrived.map((call) => [optionsOf(call)['$skip'], optionsOf(call)['$top']])).toEqual([
      [undefined, '2'],
      ['2', '2'],
      ['4', '2'],
    ]);
    expect(new Set(arrived.map((call) => optionsOf(call)['$filter'])).size).toBe(1);
  });

  it('ends at the first answer that is not full', async () => {
    const { alerts, arrived } = await list([page('a', 'b'), page('c')], { updatedFrom: FROM, alertsPerCall: 2 });
    expect(alerts).toHaveLength(3);
    expect(arrived).toHaveLength(2);
  });

  it('never passes a part of a list off as the whole, nor goes round in a circle', async () => {
    await withScript([page('a', 'b'), page('a', 'b'), page()], async ({ client, arrived }) => {
      await expect(client.listAlerts({ updatedFrom: FROM, alertsPerCall: 2 })).rejects.toMatchObject({
        code: 'UnreadableAnswer',
        message: expect.stringContaining('repeats its alerts'),
      });
      expect(arrived).toHaveLength(2);
    });
    await withScript([page('a', 'b'), refusal(404, 'NotFound', 'no')], async ({ client }) => {
      await expect(client.listAlerts({ updatedFrom: FROM, alertsPerCall: 2 })).rejects.toMatchObject({ status: 404 });
    });
  });

  it.each([
    ['inprogress', 'InProgress'],
    ['Resolved', 'Resolved'],
    ['Archived', 'Unknown'],
    [null, 'Unknown'],
    [3, 'Unknown'],
  ])('reads the status %j as %s, the rest being absent', async (status, expected) => {
    const { alerts } = await list([json(200, { value: [{ id: 'a', status }] })], { updatedFrom: FROM });
    expect(alerts).toMatchObject([
      { alert: { id: 'a', machineId: null, files: [] }, status: expected, updatedAt: null },
    ]);
  });

  it.each([{ id: 7 }, { id: '../x' }, { title: 'no id' }])('throws when a row has no usable id (%j)', async (bad) => {
    await withScript([json(200, { value: [row('a'), bad] })], async ({ client }) => {
      await expect(client.listAlerts({ updatedFrom: FROM })).rejects.toMatchObject({
        code: 'UnreadableAnswer',
        message: expect.stringContaining('not as documented in: id'),
      });
    });
  });
});
