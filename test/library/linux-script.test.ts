import { hostileNames } from './hostile-names.ts';
import { newCollection } from './script-contract.ts';
import { describeTriageRun } from './triage-run.ts';

// All names, and bash: linux-script.long.test.ts. Each costs two dozen processes.
const names = hostileNames.filter((_, index) => index % 3 === 0);
describeTriageRun('dash', `${newCollection()}-r2`, names);
