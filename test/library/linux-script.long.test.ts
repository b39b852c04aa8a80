import { hostileNames } from './hostile-names.ts';
import { newCollection } from './script-contract.ts';
import { describeTriageRun } from './triage-run.ts';

describeTriageRun('bash', newCollection(), hostileNames);
describeTriageRun('dash', `${newCollection()}-r2`, hostileNames);
