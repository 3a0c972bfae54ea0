// How tests wait: for an answer to become true, never for a length of time.

// Asks again until `question` answers something true, and hands that back; says what never came.
export async function until(question, what, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await question();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`not within ${seconds} s: ${typeof what === 'function' ? what() : what}`);
    }
    await new Promise((go) => setTimeout(go, 20));
  }
}

// The promise's value, or an error once `milliseconds` have passed.
export async function withDeadline(promise, milliseconds, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: not done within ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
