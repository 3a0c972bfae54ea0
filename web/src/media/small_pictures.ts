// Small pictures for grids, a few at a time, the last one asked for first: whoever scrolls wants what is in sight now.
// They are fetched rather than left to <img>, which could neither give up what was scrolled past nor see that a file has a
// new content under its old address.
import { type Problem, problemFrom } from '../api/problem.ts';

const kAtATime = 4;      // of the six connections a browser has for a daemon
const kTries = 3;
const kPause = 1500;     // milliseconds, when the daemon is busy

interface Wish { href: string; signal: AbortSignal; done: (picture: Blob) => void; failed: (reason: unknown) => void }

const wishes: Wish[] = [];
let running = 0;

// Rejects where there is no picture, or once `signal` is aborted.
export function smallPicture(href: string, signal: AbortSignal): Promise<Blob> {
  return new Promise((done, failed) => {
    wishes.push({ href, signal, done, failed });
    next();
  });
}

function next(): void {
  while (running < kAtATime) {
    const wish = wishes.pop();
    if (!wish) return;
    if (wish.signal.aborted) {
      wish.failed(wish.signal.reason);
      continue;
    }
    ++running;
    void read(wish).then(wish.done, wish.failed).finally(() => {
      --running;
      next();
    });
  }
}

async function read({ href, signal }: Wish): Promise<Blob> {
  for (let tried = 1; ; ++tried) {
    const response = await fetch(href, { signal });
    if (response.ok) return response.blob();
    const problem: Problem = problemFrom(response.status, await response.text(), null);
    if (problem.code !== 'busy' || tried >= kTries) throw problem;
    await new Promise((resolve) => setTimeout(resolve, kPause));
  }
}
