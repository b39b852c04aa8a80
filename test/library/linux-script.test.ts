import { newCollection } from './script-contract.ts';
import { describeTriageRun } from './triage-run.ts';

// In bash: linux-script.long.test.ts.
describeTriageRun({ shell: 'dash', collection: `${newCollection()}-r2` });
