import { testManyNames } from './many-names.ts';

// 4,000 of them: many-names.long.test.ts.
testManyNames('bash', 200);
testManyNames('dash', 300);
