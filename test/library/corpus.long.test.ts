import { testCorpus } from './corpus-run.ts';

testCorpus('bash', 200);
testCorpus('dash', 200);
