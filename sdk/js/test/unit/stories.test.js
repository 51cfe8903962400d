// Random interleavings against a model of spec/session.md. A story that fails prints its seed;
// USHER_SEED=1234 tells just that one again, USHER_STORIES=100000 as many from a new beginning.
import { test } from 'node:test';
import { Story } from './stories/story.js';

const length = 40;
const chosen = process.env.USHER_SEED;
const count = chosen ? 1 : Number(process.env.USHER_STORIES ?? 1000);
const first = chosen ? Number(chosen) : Math.floor(Math.random() * 2 ** 31);

test(`${count} random stories of tabs, logins, logouts and a bad network, from seed ${first}`, async () => {
  for (let seed = first; seed < first + count; seed++) {
    const story = new Story(seed);
    await story.tell(length).catch((error) => {
      error.message = `USHER_SEED=${seed}: ${error.message}\n\n${story.steps.join('\n')}`;
      throw error;
    });
  }
});
