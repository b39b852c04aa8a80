import { writeFileSync } from 'node:fs';
import { describeCollectionJson } from './collection-schema.ts';

const COLLECTION = new URL('../docs/collection.schema.json', import.meta.url);

writeFileSync(COLLECTION, `${JSON.stringify(describeCollectionJson(), null, 2)}\n`);
