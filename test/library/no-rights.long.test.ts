import { testWithoutRights } from './no-rights.ts';

testWithoutRights('evidence-triage.sh');
