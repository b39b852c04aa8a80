import { testCorpus } from './corpus-run.ts';

// All 200, in bash as well: corpus.long.test.ts.
testCorpus('dash', 20);
