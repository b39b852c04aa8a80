import { expect, it, vi } from 'vitest';
import { CLOUDS } from '../../../shared/defender/clouds.ts';
import { openTokens } from '../../../shared/defender/open-tokens.ts';

const loads = vi.hoisted(() => ({ count: 0 }));
vi.mock('@azure/identity', async (importOriginal) => {
  loads.count += 1;
  return importOriginal();
});

const { commercial } = CLOUDS;

it('loads the identity library only when a token is asked for that it must get', async () => {
  const held = openTokens({ by: 'token', accessToken: 'got-elsewhere' }, commercial.scope, commercial);
  expect(await held.getToken()).toBe('got-elsewhere');
  const app = { tenantId: 'a839b112-1253-6432-9bf6-94542403f21c', clientId: '11111111-2222-3333-4444-555555555555' };
  const identity = { by: 'client certificate', ...app, certificatePath: '/nowhere.pem' } as const;
  const asked = openTokens(identity, commercial.scope, commercial);
  expect(loads.count).toBe(0);
  await expect(asked.getToken()).rejects.toMatchObject({ code: 'TokenRefused' });
  expect(loads.count).toBe(1);
});
