import { testLeavesNothing } from './leaves-nothing.ts';

testLeavesNothing('evidence-triage.sh', 54_320);
