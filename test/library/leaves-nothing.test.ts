import { testLeavesNothing } from './leaves-nothing.ts';

// The triage: leaves-nothing.long.test.ts.
testLeavesNothing('evidence-alerted-files.sh');
