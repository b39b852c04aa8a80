import { testWithoutRights } from './no-rights.ts';

// The triage: no-rights.long.test.ts.
testWithoutRights('evidence-alerted-files.sh');
