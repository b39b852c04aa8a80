import { describe, expect, it } from 'vitest';
import { readAlertPayload } from '../../../shared/doors/read-alert-payload.ts';
import { alertIdOf, NOTHING, payloadNames, readPayloadText, WANTED } from './payload-fixtures.ts';

const read = (name: string) => readAlertPayload(JSON.parse(readPayloadText(name)));

describe('every payload that is kept', () => {
  it('is told here what comes of it', () => {
    const others = ['event-grid-handshake', 'sentinel-incident-id-alone'];
    expect([...Object.keys(WANTED), ...NOTHING, ...others].sort()).toEqual([...payloadNames].sort());
  });

  it.each(Object.entries(WANTED))('%s asks for its collections', (name, wanted) => {
    const payload = read(name);
    if (payload.outcome !== 'alerts') throw new Error(`It is ${JSON.stringify(payload)}.`);
    expect(payload.references.map(({ alertId, machineId }) => ({ alertId, machineId }))).toEqual(
      wanted.map(({ alertId, machineId }) => ({ alertId, machineId })),
    );
    expect(payload.refused).toEqual([]);
    expect(JSON.stringify(payload)).not.toContain('SECRET');
  });

  it.each(NOTHING)('%s is acknowledged, and why nothing comes of it is said', (name) => {
    const payload = read(name);
    expect(payload).toMatchObject({ outcome: 'nothing' });
    expect(JSON.stringify(payload)).toMatch(/"why":"[^"]+\."/);
    expect(JSON.stringify(payload)).not.toContain('SECRET');
  });

  it('an incident by its id alone is refused with what to send', () => {
    expect(read('sentinel-incident-id-alone')).toMatchObject({
      outcome: 'unknown',
      why: expect.stringMatching(/whole body of the trigger/),
    });
  });
});

describe('what is told beside the ids', () => {
  it.each([
    ['sentinel-incident', { severity: 'Medium' }],
    ['graph-alert', { severity: 'High' }],
    ['sentinel-alert', { severity: 'Medium' }],
    ['defender-alert', { severity: 'Low' }],
    ['graph-alert-two-machines', { asked: { about: 'one of its machines' } }],
    ['streaming-rows', { asked: { about: 'one of its machines' } }],
    [
      'sentinel-incident-own-rule',
      { asked: { about: 'machine', machineName: 'web-04.contoso.com', files: ['/var/www/uploads/shell "; id #.php'] } },
    ],
    ['sentinel-alert-own-rule', { asked: { about: 'machine', machineName: 'web-04.contoso.com', files: ['/tmp/x'] } }],
    [
      'plain-with-profile-and-files',
      { asked: { about: 'alert', profileId: 'linux-triage', files: ['/etc/hostname', '/tmp/"; iex(1) #'] } },
    ],
  ])('of %s', (name, expected) => {
    const payload = read(name);
    expect(payload.outcome === 'alerts' ? payload.references[0] : payload).toMatchObject(expected);
  });

  it('each row that nothing comes of is named, and what product it is of', () => {
    expect(read('streaming-rows')).toMatchObject({
      left: [
        { item: 1, why: expect.stringMatching(/AlertInfo/) },
        { item: 5, why: 'The row names no machine.' },
        { item: 6, why: expect.stringMatching(/Office 365/) },
        { item: 7, why: expect.stringMatching(/DeviceInfo/) },
      ],
    });
  });
});

describe('where the id of the machine may be', () => {
  const host = (extra: object) => ({ kind: 'Host', ...extra });
  const incident = (extra: object, beside: object = {}) => ({
    objectSchemaType: 'incident',
    object: {
      name: 'i',
      properties: { alerts: [{ properties: { providerAlertId: alertIdOf(1) } }], relatedEntities: [host(extra)] },
    },
    ...beside,
  });
  const ID = 'A'.repeat(40);
  it.each<readonly [string, unknown]>([
    ['additionalData of the raw entity', incident({ properties: { additionalData: { MdatpDeviceId: ID } } })],
    ['additionalData, in another case', incident({ properties: { additionalData: { mdatpDeviceID: ID } } })],
    ['the entity itself', incident({ MdatpDeviceId: ID })],
    ['the hosts of "Get Hosts"', incident({}, { Hosts: [{ additionalData: { MdatpDeviceId: ID } }] })],
    ['the flattened hosts of "Get Hosts"', incident({}, { hosts: [{ mdatpdeviceid: ID }] })],
    ['the text of a list of hosts', incident({}, { Hosts: JSON.stringify([{ MdatpDeviceId: ID }]) })],
  ])('%s', (_, payload) => {
    expect(readAlertPayload(payload)).toMatchObject({
      references: [{ alertId: alertIdOf(1), machineId: ID.toLowerCase() }],
    });
  });

  it('with several machines in an incident, the alert itself is to tell which is its own', () => {
    const several = incident({}, { Hosts: [{ MdatpDeviceId: ID }, { MdatpDeviceId: 'b'.repeat(40) }] });
    expect(readAlertPayload(several)).toMatchObject({ references: [{ machineId: null }] });
  });
});

describe('limits', () => {
  it('10,000 streamed rows of one alert are one collection; of 501 alerts they are too many', () => {
    const row = (number: number) => ({
      category: 'AdvancedHunting-AlertEvidence',
      properties: { AlertId: `da637472900382839000_${number}`, DeviceId: 'a'.repeat(40) },
    });
    const records = Array.from({ length: 10_000 }, () => row(1));
    const payload = readAlertPayload({ records });
    expect(payload).toMatchObject({ outcome: 'alerts', references: [{ machineId: 'a'.repeat(40) }] });
    expect(readAlertPayload({ records: Array.from({ length: 501 }, (_, number) => row(number)) })).toMatchObject({
      outcome: 'unknown',
      code: 'too-many-alerts',
    });
  });

  it.each<readonly [string, object, RegExp]>([
    ['21 files', { files: Array.from({ length: 21 }, (_, number) => `/tmp/${number}`) }, /at most 20 full paths/],
    ['files that no row has room for', { files: Array.from({ length: 5 }, () => `/${'x'.repeat(900)}`) }, /4,000/],
    ['a path with a line end', { files: ['/tmp/a\nb'] }, /visible characters/],
    ['a path with a character that turns the text around', { files: ['/tmp/\u202egpj.exe'] }, /visible characters/],
    ['a path on another machine', { files: ['\\\\server\\share\\a'] }, /full paths/],
    ['a path from nowhere', { files: ['etc/passwd'] }, /full paths/],
    ['a link for a path', { files: ['https://example.com/?sig=SECRET'] }, /full paths/],
    ['a profile that is a path', { profile: '../../profile' }, /profile is not the id of one/],
  ])('%s are refused', (_, extra, why) => {
    expect(readAlertPayload({ alertId: alertIdOf(1), ...extra })).toMatchObject({
      outcome: 'unknown',
      why: expect.stringMatching(why),
    });
  });

  it('what lies deeper than any workflow puts it is not looked for', () => {
    let payload: object = { alertId: alertIdOf(1) };
    for (let layer = 0; layer < 50; layer += 1) payload = { body: payload };
    expect(readAlertPayload(payload)).toMatchObject({ outcome: 'unknown' });
  });
});
