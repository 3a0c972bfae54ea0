// Reading content piece by piece, with the daemon's reason where it refuses.
import { offline, Problem, problemFrom } from '../api/problem.ts';
import { isStill, userId } from '../api/session.ts';
import { contentHref, type MediaItem } from './item.ts';

async function ask(item: MediaItem, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(contentHref(item), { signal });
  } catch (reason) {
    if (signal.aborted) throw reason;
    throw offline();
  }
}

async function open(item: MediaItem, signal: AbortSignal): Promise<Response> {
  const who = userId();
  let response = await ask(item, signal);
  if (response.status === 401 && await isStill(who)) response = await ask(item, signal);
  if (!response.ok) throw problemFrom(response.status, await response.text(), response.headers.get('Retry-After'));
  return response;
}

type Piece = Uint8Array<ArrayBuffer>;

// Hands over all of it, in pieces. Throws a Problem: the daemon's, or `broken` where it ended too early.
export async function readContent(item: MediaItem, signal: AbortSignal, take: (piece: Piece) => void | Promise<void>): Promise<void> {
  const response = await open(item, signal);
  const reader = response.body?.getReader();
  let count = 0;
  while (reader) {
    let step: ReadableStreamReadResult<Piece>;
    try {
      step = await reader.read();
    } catch (reason) {
      if (signal.aborted) throw reason;
      throw new Problem('broken', 0);
    }
    if (step.done) break;
    count += step.value.byteLength;
    await take(step.value);
  }
  const length = response.headers.get('Content-Length');
  if (length !== null && Number(length) !== count) throw new Problem('broken', 0);
}
