// One file on its way to the daemon. XMLHttpRequest, because fetch does not tell how much has been sent.
import { urlOf } from '../api/base.ts';
import { offline, type Problem, problemFrom } from '../api/problem.ts';
import { isStill, session, userId } from '../api/session.ts';

export interface Sending {
  file: File;
  name: string;
  key: string;                         // Idempotency-Key: sent again after a lost answer, it is stored once; empty: none
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

// Done when the daemon has stored it. Throws a Problem.
export async function send(sending: Sending): Promise<void> {
  const who = userId();
  let problem = await attempt(sending);
  // Another tab renewed the log-in, or it ran out while the page was busy.
  if (problem && (problem.status === 401 || problem.code === 'csrf') && await isStill(who)) problem = await attempt(sending);
  if (problem) throw problem;
}

function attempt({ file, name, key, signal, onProgress }: Sending): Promise<Problem | undefined> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const end = (act: () => void) => {
      signal.removeEventListener('abort', abort);
      act();
    };
    request.upload.onprogress = (event) => onProgress(Math.min(event.loaded, file.size));
    request.onload = () => end(() => resolve(request.status >= 200 && request.status < 300 ? undefined
      : problemFrom(request.status, request.responseText, request.getResponseHeader('Retry-After'))));
    request.onerror = () => end(() => resolve(offline()));
    request.onabort = () => end(() => reject(signal.reason as Error));
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    request.open('POST', urlOf('files', { filename: name }));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    if (key) request.setRequestHeader('Idempotency-Key', key);
    request.setRequestHeader('X-Kith-CSRF', session.value?.csrf ?? '');
    request.send(file);
  });
}

// Whether it can still be read: it may have been changed, moved or taken out since it was chosen.
export async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
