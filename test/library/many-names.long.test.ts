import { testManyNames } from './many-names.ts';

testManyNames('bash', 4000);
testManyNames('dash', 4000);
