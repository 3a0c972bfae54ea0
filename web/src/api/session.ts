// Who is logged in here. The cookie itself is out of reach of scripts; what this holds is the CSRF token that goes with
// it. Other tabs share the cookie, so it may change under us: refresh() reads anew.
import { signal } from '@preact/signals';
import { urlOf } from './base.ts';
import { asProblem, offline, Problem, problemFrom } from './problem.ts';
import { type Schema } from './types.ts';

export type Session = Schema<'Session'>;

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
  try {
    response = await fetch(urlOf(path), { method, headers, body: body ? JSON.stringify(body) : null, cache: 'no-store' });
  } catch {
    throw offline();
  }
  const text = await response.text();
  if (!response.ok) throw problemFrom(response.status, text, response.headers.get('Retry-After'));
  return text ? (JSON.parse(text) as Session) : null;
}

// Reads who is logged in. False: nobody.
export async function refreshSession(): Promise<boolean> {
  try {
    session.value = await ask('GET', 'api/session');
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 401) throw problem;
    session.value = null;
  }
  return session.value !== null;
}

export async function logIn(how: { email: string; password: string } | { link: string }): Promise<void> {
  session.value = await ask('POST', 'api/session', how);
}

export type SetUp = { token: string; email: string; password: string; handle?: string; first_name?: string; last_name?: string };

export async function setUp(admin: SetUp): Promise<void> {
  session.value = await ask('POST', 'api/set-up', admin);
}

export async function logOut(): Promise<void> {
  try {
    await ask('DELETE', 'api/session');
  } catch (reason) {
    if (asProblem(reason).status !== 401) throw reason;
  }
  session.value = null;
}

const kRenewAhead = 45 * 60_000;  // of the two hours a token lives
const kCheckEvery = 60_000;

// Renews the log-in while the page is open; also in the background, where it tells of requests and goes on uploading.
export function keepSession(): void {
  const check = async () => {
    const held = session.value;
    if (!held || Date.parse(held.expires_at) - Date.now() > kRenewAhead) return;
    try {
      // Another tab may have done it already.
      await refreshSession();
      if (session.value && Date.parse(session.value.expires_at) - Date.now() <= kRenewAhead) {
        session.value = await ask('POST', 'api/session/renew');
      }
    } catch (reason) {
      if (reason instanceof Problem && reason.status === 401) session.value = null;
    }
  };
  setInterval(() => void check(), kCheckEvery);
  document.addEventListener('visibilitychange', () => void check());
}
