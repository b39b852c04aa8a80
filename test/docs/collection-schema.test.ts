import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeCollectionJson } from '../../local/collection-schema.ts';

const PUBLISHED = new URL('../../docs/collection.schema.json', import.meta.url);

test('the published schema of collection.json is that of the code; "npm run schemas" writes it anew', () => {
  expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(describeCollectionJson())));
});
