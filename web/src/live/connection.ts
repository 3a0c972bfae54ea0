// One answer of the daemon that does not end, read as it comes: a sender's events, a receiver's stream.
//
// By fetch in both cases. EventSource would carry the log-in just as well, but it neither says why it was refused (an offer
// that is over, a log-in that has run out, a busy daemon) nor notices a connection that died without a word, and it tries
// again for ever.
import { offline, problemFrom } from '../api/problem.ts';

const kSilence = 30_000;  // milliseconds without a byte, the signs of life of every 10 s included: it is dead

export interface Following {
  url: URL;
  headers: Record<string, string>;
  credentials: RequestCredentials;
  signal: AbortSignal;
  take: (bytes: Uint8Array) => Promise<boolean>;   // nothing more is read until it has, and nothing at all after false
}

// Until the answer ends, or enough of it was taken. Throws a Problem (offline when it broke), what `take` threw, or the signal's reason.
export async function follow({ url, headers, credentials, signal, take }: Following): Promise<void> {
  signal.throwIfAborted();
  const connection = new AbortController();
  const stop = () => connection.abort();
  const watch = () => setTimeout(stop, kSilence);
  signal.addEventListener('abort', stop);
  let timer = watch();
  const broken = () => signal.aborted ? signal.reason as Error : offline();
  try {
    const response = await fetch(url, { headers, credentials, signal: connection.signal, cache: 'no-store' }).catch(() => { throw broken(); });
    if (!response.ok) throw problemFrom(response.status, await response.text().catch(() => ''), response.headers.get('Retry-After'));
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read().catch(() => { throw broken(); });
      clearTimeout(timer);
      signal.throwIfAborted();
      if (done) return;
      if (!await take(value)) return;
      timer = watch();
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    connection.abort();
  }
}
