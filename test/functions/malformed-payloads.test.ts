import { afterAll, beforeAll, it } from 'vitest';
import { type AppUnderTest, startAppUnderTest } from './app-under-test.ts';
import { sendMalformed } from './send-malformed.ts';

const VARIANTS = 300;
let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest({ settings: { MODE: 'observe' } });
});
afterAll(() => app.close());

it(`${VARIANTS} malformed variants never give a 500, and of what is not taken nothing is stored but the fact`, () =>
  sendMalformed(app, VARIANTS));
