// Waits so many milliseconds, or so many seconds if the server asked for more; less when the network comes back. Throws the
// signal's reason.
const kLongest = 60;  // seconds that a server is waited for

export function until(milliseconds: number, signal: AbortSignal, seconds = 0): Promise<void> {
  const pause = Math.max(milliseconds, Math.min(seconds, kLongest) * 1000);
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      over.abort();
      act();
    };
    const timer = setTimeout(end(resolve), pause);
    window.addEventListener('online', end(resolve), { signal: over.signal });
    signal.addEventListener('abort', end(() => reject(signal.reason as Error)), { signal: over.signal });
    if (signal.aborted) end(() => reject(signal.reason as Error))();
  });
}
