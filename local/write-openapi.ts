import { writeFile } from 'node:fs/promises';
import { writeOpenapi } from '../shared/doors/openapi.ts';
import { VERSION } from '../shared/version.ts';

const file = new URL('../docs/openapi.json', import.meta.url);
await writeFile(file, `${JSON.stringify(writeOpenapi(VERSION), null, 2)}\n`);
console.log('docs/openapi.json is written anew; look at what changed, as others call by it.');
