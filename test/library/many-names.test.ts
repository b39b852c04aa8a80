import { testManyNames } from './many-names.ts';

// 4,000 of them, in bash as well: many-names.long.test.ts.
testManyNames('dash', 300);
