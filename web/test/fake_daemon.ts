// Stands in for the daemon: what is asked waits until a test answers it.
export interface Asked {
  what: string;                                    // "GET api/session"
  csrf: string | null;
  answer: (status: number, body?: object) => Promise<void>;
}

export const asked: Asked[] = [];

const folder = new URL('../', import.meta.url).href;

// Lets everything run that can run.
export function settled(): Promise<void> {
  return new Promise((resolve) => { setImmediate(() => { setImmediate(() => { resolve(); }); }); });
}

globalThis.fetch = (input, init) => new Promise<Response>((resolve) => {
  const path = String(input).replace(folder, '').replace(/\?.*/, '');
  asked.push({
    what: `${init?.method ?? 'GET'} ${path}`,
    csrf: new Headers(init?.headers).get('X-Kith-CSRF'),
    answer: async (status, body) => {
      resolve(new Response(body ? JSON.stringify(body) : null, { status }));
      await settled();
    },
  });
});

// The next question, which must be this one.
export async function question(what: string): Promise<Asked> {
  await settled();
  const next = asked.shift();
  if (next?.what !== what) throw new Error(`${next?.what ?? 'nothing'} was asked instead of ${what}`);
  return next;
}

const kLife = 2 * 3_600_000;  // milliseconds

export function sessionOf(name: string, csrf = `csrf of ${name}`, left = kLife) {
  const user = { id: name, handle: name, address: `${name}@home.example`, permission: 'user' };
  return { user, csrf, expires_at: new Date(Date.now() + left).toISOString() };
}
