// One request of an upload. XMLHttpRequest, because fetch does not tell how much has been sent.
import { urlOf } from '../api/base.ts';
import { offline, Problem, problemFrom } from '../api/problem.ts';
import { isStill, session, userId } from '../api/session.ts';

export interface Wanted {
  method: string;
  path: string;                          // below the page's base
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Blob;
  signal?: AbortSignal;
  onProgress?: (bytes: number) => void;  // of the body
}

export interface Answer {
  status: number;
  text: string;
  header: (name: string) => string | null;
}

// Throws a Problem for everything but success; the signal's reason when it was aborted.
export async function request(wanted: Wanted): Promise<Answer> {
  const who = userId();
  let answer = await attempt(wanted);
  let problem = problemOf(answer);
  // Another tab renewed the log-in, or it ran out while the page was busy.
  if (problem && (problem.status === 401 || problem.code === 'csrf') && await isStill(who)) {
    answer = await attempt(wanted);
    problem = problemOf(answer);
  }
  if (problem) throw problem;
  return answer;
}

// Answers to HEAD have no document that says what is wrong.
const kCodes: Record<number, string> = { 401: 'unauthorized', 404: 'not_found', 410: 'gone', 423: 'locked', 429: 'too_many_requests', 503: 'busy' };

export function problemOf({ status, text, header }: Answer): Problem | undefined {
  if (status >= 200 && status < 300) return undefined;
  const problem = problemFrom(status, text, header('Retry-After'));
  const code = kCodes[status];
  return text === '' && code ? new Problem(code, status, '', '', problem.retryAfter) : problem;
}

function attempt({ method, path, query, headers, body, signal, onProgress }: Wanted): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    const end = (act: () => void) => {
      signal?.removeEventListener('abort', abort);
      act();
    };
    if (onProgress && body) xhr.upload.onprogress = (event) => onProgress(Math.min(event.loaded, body.size));
    xhr.onload = () => end(() => resolve({ status: xhr.status, text: xhr.responseText, header: (name) => xhr.getResponseHeader(name) }));
    xhr.onerror = () => end(() => reject(offline()));
    xhr.onabort = () => end(() => reject(signal?.reason as Error));
    if (signal?.aborted) return reject(signal.reason as Error);
    signal?.addEventListener('abort', abort);
    xhr.open(method, urlOf(path, query));
    for (const [name, value] of Object.entries(headers ?? {})) xhr.setRequestHeader(name, value);
    xhr.setRequestHeader('X-Kith-CSRF', session.value?.csrf ?? '');
    xhr.send(body ?? null);
  });
}
