import { testLeavesNothing } from './leaves-nothing.ts';

testLeavesNothing('evidence-triage.sh');
