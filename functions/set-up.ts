import { app } from '@azure/functions';
import { watchAnswers } from '../shared/pace-answers.ts';

// Evidence is handed out as a stream; without this a whole answer is held in memory.
app.setup({ enableHttpStream: true });
watchAnswers();
