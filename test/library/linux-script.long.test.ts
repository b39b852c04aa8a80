import { newCollection } from './script-contract.ts';
import { describeTriageRun } from './triage-run.ts';

describeTriageRun({ shell: 'bash', collection: newCollection() });
