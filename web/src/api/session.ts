// Who is logged in here. The cookie itself is out of reach of scripts; what this holds is the CSRF token that goes with
// it. Other tabs share the cookie, so it may change under us: they tell each other, and refreshSession() reads anew.
import { signal } from '@preact/signals';
import { base, urlOf } from './base.ts';
import { asProblem, offline, problemFrom } from './problem.ts';
import { type Schema } from './types.ts';

type Session = Schema<'Session'>;

// undefined: not asked yet; null: nobody.
export const session = signal<Session | null | undefined>(undefined);

export const me = () => {
  if (!session.value) throw new Error('nobody is logged in');
  return session.value.user;
};
export const isAdmin = () => session.value?.user.permission === 'admin';

async function ask(method: string, path: string, body?: object): Promise<Session | null> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body) headers['Content-Type'] = 'application/json';
  if (session.value && method !== 'GET') headers['X-Kith-CSRF'] = session.value.csrf;
  let response: Response;
  let text: string;
  try {
    response = await fetch(urlOf(path), { method, headers, body: body ? JSON.stringify(body) : null, cache: 'no-store' });
    text = await response.text();
  } catch {
    throw offline();
  }
  if (!response.ok) throw problemFrom(response.status, text, response.headers.get('Retry-After'));
  return text ? (JSON.parse(text) as Session) : null;
}

// Every question has a number. An answer counts only if no later one is known, and none that was asked before somebody
// logged in or out counts after that.
let asked = 0;
let known = 0;
let others: BroadcastChannel | undefined;  // tabs of this page

// What this tab did to the log-in.
function settle(value: Session | null): void {
  known = ++asked;
  session.value = value;
  others?.postMessage('changed');
}

// Reads who is logged in. False: nobody.
export async function refreshSession(): Promise<boolean> {
  const number = ++asked;
  let found: Session | null = null;
  try {
    found = await ask('GET', 'api/session');
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 401) throw problem;
  }
  if (number > known) {
    known = number;
    session.value = found;
  }
  return Boolean(session.value);
}

export const userId = () => session.value?.user.id;

// Reads anew, and tells whether it is still `who`: what one person began is never done in the name of another.
export async function isStill(who: string | undefined): Promise<boolean> {
  return await refreshSession() && userId() === who;
}

// Calls `clear` when somebody who was logged in is not any more, whoever is then: what belongs to one person must not be
// there for the next.
export function whenUserLeaves(clear: () => void): void {
  let who: string | undefined;
  session.subscribe((value) => {
    const before = who;
    who = value?.user.id;
    if (before !== undefined && before !== who) clear();
  });
}

// `code` is of the second factor, for accounts that have one.
export type LogInBy = { email: string; password: string; code?: string } | { link: string };

export async function logIn(how: LogInBy): Promise<void> {
  settle(await ask('POST', 'api/session', how));
}

export type SetUp = { token: string; email: string; password: string; handle?: string; first_name?: string; last_name?: string };

export async function setUp(admin: SetUp): Promise<void> {
  settle(await ask('POST', 'api/set-up', admin));
}

async function end(): Promise<void> {
  const who = userId();
  try {
    await ask('DELETE', 'api/session');
  } catch (reason) {
    // Another tab has renewed the log-in.
    if (asProblem(reason).code !== 'csrf' || !await isStill(who)) throw reason;
    await ask('DELETE', 'api/session');
  }
}

// The daemon has ended the log-in already.
export function loggedOut(): void {
  settle(null);
}

export async function logOut(): Promise<void> {
  try {
    await end();
  } catch (reason) {
    if (asProblem(reason).status !== 401) throw reason;
  }
  settle(null);
}

const kRenewAhead = 45 * 60_000;  // of the two hours a token lives
const kCheckEvery = 60_000;

function isEnding(): boolean {
  return session.value ? Date.parse(session.value.expires_at) - Date.now() <= kRenewAhead : false;
}

async function renew(): Promise<void> {
  if (!isEnding()) return;
  try {
    // Another tab may have done it already, or be doing it at this moment: then this one's token is an old one.
    await refreshSession();
    if (isEnding()) settle(await ask('POST', 'api/session/renew'));
  } catch (reason) {
    const { status, code } = asProblem(reason);
    if (status === 401 || code === 'csrf') await refreshSession().catch(() => undefined);
  }
}

// Renews the log-in while the page is open, also in the background, where it tells of requests and goes on uploading; and
// goes along with what other tabs do.
export function keepSession(): void {
  others = new BroadcastChannel(`kith session ${base.pathname}`);
  others.onmessage = () => void refreshSession().catch(() => undefined);
  setInterval(() => void renew(), kCheckEvery);
  document.addEventListener('visibilitychange', () => void renew());
}
