// Calls of the HTTP interface. Paths, parameters, bodies and answers are typed by the OpenAPI document: a call that the
// daemon does not know does not compile.
//
//   const page = await call('get', '/api/assets', { query: { limit: 100 } });
//   await call('post', '/api/connections/{id}/approve', { path: { id }, body: { fingerprint } });
//
// Throws a Problem. What a busy daemon put off is tried again a few times, when nothing can be done twice by it. What one
// person asked for is neither asked nor answered once that person has left.
import { base, urlOf } from './base.ts';
import { offline, Problem, problemFrom } from './problem.ts';
import { isStill, session, userId } from './session.ts';
import { type paths } from './types.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Operation<Path extends keyof paths, M extends Method> = M extends keyof paths[Path] ? NonNullable<paths[Path][M]> : never;
type PathsWith<M extends Method> = { [Path in keyof paths]: Operation<Path, M> extends { responses: unknown } ? Path : never }[keyof paths];

type Parameters_<Op, Where extends string> = Op extends { parameters: { [W in Where]?: infer P } } ? P : never;
type Body<Op> = Op extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never;
type JsonOf<Answer> = Answer extends { content: { 'application/json': infer J } } ? J : undefined;
type Answers<Op> = Op extends { responses: infer R } ? R : never;
type Good<Op> = { [Status in keyof Answers<Op>]: Status extends 200 | 201 | 202 | 204 ? JsonOf<Answers<Op>[Status]> : never }[keyof Answers<Op>];

type Given<Name extends string, Value> = [Value] extends [never] ? { [N in Name]?: never } : { [N in Name]?: Value };
type CallOptions<Op> = Given<'path', Parameters_<Op, 'path'>> & Given<'query', Parameters_<Op, 'query'>> & Given<'body', Body<Op>> & {
  signal?: AbortSignal | undefined;
  once?: boolean;  // sends an Idempotency-Key: a repeat after a lost answer does it once
  // A token in the place of the log-in, or '' where the body has one: a 401 is about that, whoever is logged in.
  proof?: string;
};

const kTries = 4;
const kLongestWait = 10;  // seconds; a daemon that asks for more is not waited for

// Percent-encodes what stands in the {names} of a path.
function fill(pattern: string, values: Record<string, unknown> = {}): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name] ?? ''))).replace(/^\//, '');
}

// Where the answer to a GET would be, for images and downloads.
export function hrefOf<Path extends PathsWith<'get'>>(path: Path, options: CallOptions<Operation<Path, 'get'>> = {} as CallOptions<Operation<Path, 'get'>>): string {
  return urlOf(fill(path as string, options.path as Record<string, unknown>), options.query as Record<string, string>).href.replace(base.href, './');
}

function pause(seconds: number, abort: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    abort?.throwIfAborted();
    const timer = setTimeout(resolve, seconds * 1000);
    abort?.addEventListener('abort', () => { clearTimeout(timer); reject(abort.reason as Error); }, { once: true });
  });
}

interface Answer { response: Response; text: string }
interface Attempt { url: URL; method: string; body: string | null; headers: Record<string, string>; signal: AbortSignal | undefined }

async function send({ url, method, body, headers, signal }: Attempt): Promise<Answer> {
  const csrf: Record<string, string> = session.value && method !== 'GET' ? { 'X-Kith-CSRF': session.value.csrf } : {};
  try {
    const response = await fetch(url, { method, body, headers: { ...headers, ...csrf }, signal: signal ?? null, cache: 'no-store' });
    return { response, text: await response.text() };
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw offline();
  }
}

export async function call<M extends Method, Path extends PathsWith<M>>(
  method: M, path: Path, options: CallOptions<Operation<Path, M>> = {} as CallOptions<Operation<Path, M>>,
): Promise<Good<Operation<Path, M>>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.once) headers['Idempotency-Key'] = newKey();
  if (options.proof) headers['Authorization'] = `Bearer ${options.proof}`;
  const attempt: Attempt = {
    url: urlOf(fill(path as string, options.path as Record<string, unknown>), options.query as Record<string, string>),
    method: method.toUpperCase(),
    body: options.body === undefined ? null : JSON.stringify(options.body),
    headers,
    signal: options.signal,
  };
  const repeatable = method !== 'post' || options.once === true;
  const who = userId();
  // Throws when `who` is not logged in here any more.
  const stay = () => { if (who !== undefined && userId() !== who) throw new Problem('unauthorized', 401); };
  let renewed = false;
  for (let tried = 1; ; ++tried) {
    const { response, text } = await send(attempt);
    stay();
    if (response.ok) return (text ? JSON.parse(text) : undefined) as Good<Operation<Path, M>>;
    const problem = problemFrom(response.status, text, response.headers.get('Retry-After'));
    // Another tab renewed the log-in: the cookie is good, our CSRF token is of the one before.
    const stale = problem.code === 'csrf' || (problem.status === 401 && options.proof === undefined && problem.code !== 'wrong_second_factor');
    if (stale && !renewed) {
      renewed = true;
      if (await isStill(who)) continue;
      stay();
      throw problem;
    }
    const wait = problem.retryAfter ?? 1;
    if (problem.code !== 'busy' || !repeatable || tried >= kTries || wait > kLongestWait) throw problem;
    await pause(wait, options.signal);
    stay();
  }
}

// A fresh Idempotency-Key. crypto.randomUUID needs a secure context, this does not.
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
}
