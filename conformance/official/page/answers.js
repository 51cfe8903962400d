// What the scripts of all apps say to a test: plain values, and always in time.

// Longer than any answer takes, shorter than a test's own time limit.
const answerTimeLimit = 10_000;

// The test reads plain values; the SDK's objects are instances of its own classes.
const plain = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

// After some answers the SDK's promises never settle; a test must see that too.
function noAnswer() {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ rejected: { code: 'NO_ANSWER', message: 'The SDK neither resolved nor rejected.' } }), answerTimeLimit);
  });
}

async function outcome(promise) {
  try {
    return { resolved: plain(await promise) };
  } catch (rejected) {
    return { rejected: rejected instanceof Error ? { code: rejected.name, message: rejected.message } : plain(rejected) };
  }
}

const inTime = (promise) => Promise.race([outcome(promise), noAnswer()]);
