import { describe, expect, it } from 'vitest';
import { json, refusal, withScript } from './scripted-server.ts';

const ID = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';

const BODY = `{"@odata.context":"https://api.security.microsoft.com/api/$metadata#Machines/$entity",
 "id":"1e5bc9d7e413ddd7902c2932e418702b84d0cc07","mergedIntoMachineId":null,"isPotentialDuplication":false,"isExcluded":false,
 "exclusionReason":null,"computerDnsName":"johns-work-computer","firstSeen":"2026-01-20T20:02:18.5451725Z",
 "lastSeen":"2026-01-20T20:07:42.6424861Z","osPlatform":"Windows11","osProcessor":"x64","version":"22H2",
 "lastIpAddress":"192.168.51.128","lastExternalIpAddress":"209.133.96.106","agentVersion":"10.8750.22621.3527",
 "osBuild":22621,"healthStatus":"Active","deviceValue":"Normal","rbacGroupId":0,"rbacGroupName":null,"riskScore":"None",
 "exposureLevel":"High","isAadJoined":true,"aadDeviceId":null,"machineTags":["crown jewel"],"onboardingStatus":"Onboarded",
 "ipAddresses":[{"ipAddress":"192.168.51.128","macAddress":"000C29897942","type":"Ethernet","operationalStatus":"Up"}],"vmMetadata":null}`;

const MACHINE = {
  id: ID,
  name: 'johns-work-computer',
  osPlatform: 'Windows11',
  operatingSystem: 'windows',
  tags: ['crown jewel'],
  group: null,
  healthStatus: 'Active',
  mergedInto: null,
};

describe('getMachine and getAlertMachine', () => {
  it('read a machine by its id and by its alert', async () => {
    const steps = [
      { status: 200, body: BODY },
      { status: 200, body: BODY },
    ];
    await withScript(steps, async ({ client, arrived }) => {
      expect(await client.getMachine(ID)).toEqual({ outcome: 'found', machine: MACHINE, raw: BODY });
      expect(await client.getAlertMachine('da1_-2')).toEqual({ outcome: 'found', machine: MACHINE, raw: BODY });
      expect(arrived.map((call) => call.url)).toEqual([`/api/machines/${ID}`, '/api/alerts/da1_-2/machine']);
    });
  });

  it('say which machine another was merged into', async () => {
    const merged = { id: ID, mergedIntoMachineId: '111e6dd8c833c8a052ea231ec1b19adaf497b625' };
    await withScript([json(200, merged), json(200, { value: [merged] })], async ({ client }) => {
      expect(await client.getMachine(ID)).toMatchObject({ machine: { mergedInto: merged.mergedIntoMachineId } });
      expect(await client.findMachinesByName('a.b')).toMatchObject([{ mergedInto: merged.mergedIntoMachineId }]);
    });
  });

  it('find nothing where Defender knows none', async () => {
    const step = refusal(404, 'ResourceNotFound', `Machine ${ID} was not found`);
    await withScript([step, step], async ({ client }) => {
      expect(await client.getMachine(ID)).toEqual({ outcome: 'not found' });
      expect(await client.getAlertMachine('da1_-2')).toEqual({ outcome: 'not found' });
    });
  });

  it.each([
    ['Linux', 'linux'],
    ['macOS', 'macos'],
    ['Android', null],
    [null, null],
  ])('read the platform %j as %j, the rest being absent', async (osPlatform, operatingSystem) => {
    await withScript([json(200, { id: ID, osPlatform })], async ({ client }) => {
      expect(await client.getMachine(ID)).toMatchObject({
        machine: {
          name: null,
          osPlatform: osPlatform ?? '',
          operatingSystem,
          tags: [],
          group: null,
          healthStatus: null,
          mergedInto: null,
        },
      });
    });
  });
});

describe('findMachinesByName', () => {
  const none = json(200, { value: [] });
  const one = { status: 200, body: `{"value":[${BODY}]}` };

  it('asks for the name first, its quotes doubled', async () => {
    await withScript([one], async ({ client, arrived }) => {
      expect(await client.findMachinesByName("O'Neill-PC")).toEqual([MACHINE]);
      expect(new URL(arrived[0]?.url ?? '', 'http://x').searchParams.get('$filter')).toBe(
        "computerDnsName eq 'O''Neill-PC'",
      );
    });
  });

  it('then for its lower case, then for names in any domain', async () => {
    await withScript([none, none, one], async ({ client, arrived }) => {
      expect(await client.findMachinesByName('PC-0042')).toEqual([MACHINE]);
      expect(arrived.map((call) => new URL(call.url, 'http://x').searchParams.get('$filter'))).toEqual([
        "computerDnsName eq 'PC-0042'",
        "computerDnsName eq 'pc-0042'",
        "startswith(computerDnsName,'pc-0042.')",
      ]);
    });
  });

  it('asks once for a DNS name that is unknown, and takes a 404 as none', async () => {
    await withScript([refusal(404, 'ResourceNotFound', 'none')], async ({ client, arrived }) => {
      expect(await client.findMachinesByName('pc-0042.contoso.com')).toEqual([]);
      expect(arrived).toHaveLength(1);
    });
  });

  it.each(['', 'two words', 'line\nend', 'x'.repeat(256)])('sends nothing for the name %j', async (name) => {
    await withScript([], async ({ client, arrived }) => {
      await expect(client.findMachinesByName(name)).rejects.toMatchObject({ code: 'InvalidArgument' });
      expect(arrived).toEqual([]);
    });
  });
});
