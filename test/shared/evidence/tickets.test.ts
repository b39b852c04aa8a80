import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTicket, removeTicket, writeTicket } from '../../../shared/evidence/tickets.ts';
import { startStorage, type TestStorage } from './start-storage.ts';

const TICKET = { collectionId: '0123456789abcdef0123456789abcdef', session: 0, index: 1, attempt: 2 };
const NAME = '0123456789abcdef0123456789abcdef/0-1-2.json';

describe('tickets in storage', () => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await startStorage();
  }, 60_000);
  afterAll(async () => {
    await storage.close();
  });

  it('are written once, hold ids only, and can be removed twice', async () => {
    expect(await writeTicket(storage.container, TICKET)).toEqual({ outcome: 'written' });
    expect(await writeTicket(storage.container, TICKET)).toEqual({ outcome: 'already there' });
    const content = await storage.container.getBlobClient(NAME).downloadToBuffer();
    expect(content.toString()).toBe(
      '{"collectionId":"0123456789abcdef0123456789abcdef","session":0,"index":1,"attempt":2}',
    );
    expect(parseTicket(content, NAME)).toEqual({ outcome: 'ticket', ticket: TICKET });
    await removeTicket(storage.container, TICKET);
    await removeTicket(storage.container, TICKET);
    expect(await storage.container.getBlobClient(NAME).exists()).toBe(false);
  });

  it('write nothing but the ids of what they are given', async () => {
    const more = { ...TICKET, attempt: 3, link: 'https://a.blob.core.windows.net/x?sig=SECRET' };
    await writeTicket(storage.container, more);
    const content = await storage.container.getBlobClient(NAME.replace('-2.', '-3.')).downloadToBuffer();
    expect(content.toString()).not.toContain('SECRET');
  });
});

describe('parseTicket', () => {
  const text = JSON.stringify(TICKET);
  it.each([
    ['an object', TICKET],
    ['a text', text],
    ['bytes', Buffer.from(text)],
    ['bytes with a byte order mark', Buffer.from(`\uFEFF${text}`)],
  ])('reads %s', (_name, content) => {
    expect(parseTicket(content, NAME)).toEqual({ outcome: 'ticket', ticket: TICKET });
  });

  it.each<[string, unknown, string]>([
    ['nothing', '', NAME],
    ['no JSON', Buffer.from([0xff, 0xfe, 0x00]), NAME],
    ['null', null, NAME],
    ['a number', 7, NAME],
    ['a list', [TICKET], NAME],
    ['a missing id', { ...TICKET, attempt: undefined }, NAME],
    ['a number as text', { ...TICKET, session: '0' }, NAME],
    ['another collection', { ...TICKET, collectionId: 'f'.repeat(32) }, NAME],
    ['another index', { ...TICKET, index: 2 }, NAME],
    ['a link', { ...TICKET, link: 'https://a.blob.core.windows.net/x?sig=SECRET' }, NAME],
    ['far too much', `${' '.repeat(5000)}${text}`, NAME],
    ['a name with a path', TICKET, `tickets/${NAME}`],
    ['a name that climbs', TICKET, `../${NAME}`],
    ['a name with noughts', TICKET, NAME.replace('0-1-2', '00-01-2')],
    ['an attempt 0', { ...TICKET, attempt: 0 }, NAME.replace('-2.', '-0.')],
    ['an empty name', TICKET, ''],
  ])('answers %s with a fault', (_name, content, name) => {
    const read = parseTicket(content, name);
    expect(read).toEqual({ outcome: 'fault', fault: expect.stringMatching(/^It.*\.$/) });
    expect(JSON.stringify(read)).not.toContain('SECRET');
  });
});
