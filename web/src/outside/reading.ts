// Reads content from its beginning to its end over connections that break: it goes on where it was, as often as it takes.
import { offline, Problem, problemFrom } from '../api/problem.ts';
import { type Bytes } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { until } from './waiting.ts';

const kPauses = [500, 1000, 2000, 4000, 8000, 15_000];  // milliseconds, while nothing comes
const kSilence = 30_000;                                 // milliseconds without a byte: the connection is dead
const kFruitless = 8;                                    // answers without a byte, before it is given up

export interface Reading {
  size: number;                              // bytes that there must be
  address: () => Promise<string>;            // asked for again when the last one is not good any more
  signal: AbortSignal;
  take: (piece: Bytes) => Promise<void>;
  onWaiting: (waiting: boolean) => void;     // for the network, or a busy server
}

interface Place { at: number; address: string | undefined }

// Throws a Problem (the server's), Damaged (there is not as much as there must be), what `take` threw, or the signal's
// reason.
export async function readAll(reading: Reading): Promise<void> {
  const { size, signal } = reading;
  const place: Place = { at: 0, address: undefined };
  let fruitless = 0;
  while (place.at < size) {
    const before = place.at;
    const problem = await readOn(reading, place);
    fruitless = place.at > before ? 0 : fruitless + 1;
    if (place.at >= size) return;
    if (problem && !mayPass(problem, place)) throw problem;
    if (fruitless > kFruitless && problem?.code !== 'offline') throw problem ?? new Damaged('no more of it comes');
    if (fruitless === 0) continue;
    reading.onWaiting(true);
    await until(kPauses[Math.min(fruitless, kPauses.length) - 1] ?? 0, signal, problem?.retryAfter);
  }
}

// An address that has run out is replaced; what is busy or away may come back.
function mayPass(problem: Problem, place: Place): boolean {
  if (problem.code !== 'forbidden' || place.address === undefined) return problem.passing;
  place.address = undefined;
  return true;
}

// As far as it goes; the problem that ended it, if there was one.
async function readOn(reading: Reading, place: Place): Promise<Problem | undefined> {
  const { signal, address } = reading;
  signal.throwIfAborted();
  const connection = new AbortController();
  signal.addEventListener('abort', () => connection.abort(), { signal: connection.signal });
  try {
    place.address ??= await address();
    await readFrom(place, reading, connection);
    return undefined;
  } catch (reason) {
    signal.throwIfAborted();
    if (reason instanceof Problem) return reason;
    throw reason;
  } finally {
    connection.abort();
  }
}

async function readFrom(place: Place, { size, take, onWaiting }: Reading, connection: AbortController): Promise<void> {
  const watch = () => setTimeout(() => connection.abort(), kSilence);
  let timer = watch();
  try {
    const response = await ask(place, connection.signal);
    const reader = response.body?.getReader();
    let skip = response.status === 200 ? place.at : 0;   // an answer that took no notice of the range
    while (reader) {
      const { done, value } = await reader.read().catch(() => { throw offline(); });
      if (done) return;
      clearTimeout(timer);
      const fresh = value.subarray(Math.min(skip, value.length));
      skip -= value.length - fresh.length;
      if (place.at + fresh.length > size) throw new Damaged('there is more than there must be');
      onWaiting(false);
      await take(fresh);
      place.at += fresh.length;
      timer = watch();
    }
  } finally {
    clearTimeout(timer);
  }
}

async function ask({ at, address }: Place, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = at > 0 ? { Range: `bytes=${at}-` } : {};
  const response = await fetch(address ?? '', { headers, signal, cache: 'no-store', credentials: 'omit' }).catch(() => { throw offline(); });
  if (response.status === 416) throw new Damaged('it is shorter than it must be');
  if (!response.ok) throw problemFrom(response.status, await response.text(), response.headers.get('Retry-After'));
  const begins = response.headers.get('Content-Range')?.startsWith(`bytes ${at}-`);
  if (response.status === 206 && !begins) throw new Damaged('another part came than was asked for');
  return response;
}
