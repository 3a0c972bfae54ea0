// Whether people's servers answer right now: asked for each person apart, so that one that is down holds up nobody. What
// their servers say on the way brings what was told last up to date.
import { signal } from '@preact/signals';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { userId, whenUserLeaves } from '../../api/session.ts';
import { sharedWithMe } from './lists.ts';

export type Standing =
  | { kind: 'up' }
  | { kind: 'down'; since: string | undefined }
  | { kind: 'refused'; problem: Problem };   // it answers, but not what was asked

export interface Check {
  asking: boolean;
  standing: Standing | undefined;   // as found last
  at: number;                       // when, in milliseconds
}

export const checks = signal<ReadonlyMap<string, Check>>(new Map());

const kAtATime = 2;     // a browser has few connections to one server, and pictures need them
const kLooked = 100;    // of the newest items
const kPatience = 5000; // milliseconds: whoever makes one wait longer must not keep others waiting
let waiting: { address: string; done: () => void }[] = [];
let running = 0;

whenUserLeaves(() => {
  for (const { done } of waiting) done();
  waiting = [];
  checks.value = new Map();
});

function put(address: string, change: Partial<Check>): void {
  const before = checks.peek().get(address) ?? { asking: false, standing: undefined, at: 0 };
  checks.value = new Map(checks.peek()).set(address, { ...before, ...change });
}

export function standingOf(problem: Problem): Standing | undefined {
  if (problem.code === 'peer_unreachable') return { kind: 'down', since: problem.since };
  // Nothing was learned about their server: ours did not answer, or has other things to do.
  if (['offline', 'busy', 'too_many_requests', 'unauthorized'].includes(problem.code)) return undefined;
  return { kind: 'refused', problem };
}

// What another reading found out.
export function noteAnswer(address: string, problem: Problem | undefined): void {
  const standing: Standing | undefined = problem ? standingOf(problem) : { kind: 'up' };
  if (standing) put(address, { standing, at: Date.now() });
}

async function ask(address: string): Promise<void> {
  const who = userId();
  try {
    const { items, next } = await call('get', '/api/assets', { query: { owner: address, limit: kLooked }, signal: AbortSignal.timeout(kPatience) });
    noteAnswer(address, undefined);
    const told = sharedWithMe.items.peek().filter(({ owner }) => owner === address);
    const mark = ({ id, name, etag }: { id: string; name: string; etag: string }) => `${id} ${etag} ${name}`;
    const same = items.length <= told.length && items.every((item, at) => told[at] && mark(item) === mark(told[at]));
    if (!same || (next === null && told.length !== items.length)) void sharedWithMe.refresh();
  } catch (reason) {
    if (userId() !== who) return;
    if (reason instanceof DOMException) put(address, { standing: { kind: 'down', since: undefined }, at: Date.now() });
    else noteAnswer(address, asProblem(reason));
  }
}

function pump(): void {
  while (running < kAtATime) {
    const job = waiting.shift();
    if (!job) return;
    ++running;
    void ask(job.address).finally(() => {
      --running;
      if (checks.peek().has(job.address)) put(job.address, { asking: false });
      job.done();
      pump();
    });
  }
}

// Asks their server; once at a time for each person.
export function checkPeer(address: string): Promise<void> {
  if (checks.peek().get(address)?.asking) return Promise.resolve();
  put(address, { asking: true });
  return new Promise((done) => {
    waiting.push({ address, done });
    pump();
  });
}
