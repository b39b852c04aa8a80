import { hostileNames } from './hostile-names.ts';
import { describeMacRun } from './macos-run.ts';

const names = hostileNames.filter((_, index) => index % 4 === 3);
describeMacRun('bash', names, 'nothing');
describeMacRun('dash', names, 'nothing');
