// People on this server who are known to whoever is logged in: those they share with already, and for admins everybody.
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { isAdmin, me } from '../../api/session.ts';
import { localsAmong } from './recipients.ts';

interface KnownLocals {
  recent: string[];      // addresses
  everybody: string[];   // handles
}

const kLookedAt = 200;   // of the newest shares
const kMostUsers = 500;

async function recentLocals(domain: string): Promise<string[]> {
  const { items } = await call('get', '/api/shares', { query: { limit: kLookedAt } });
  return localsAmong(items.map((share) => share.with), domain);
}

async function everybody(): Promise<string[]> {
  const { items } = await call('get', '/api/admin/users', { query: { limit: kMostUsers } });
  return items.filter((user) => user.is_local && user.state === 'active' && user.id !== me().id).map(({ handle }) => handle);
}

// What can't be read is no loss: one can always type a name.
export function useKnownLocals(domain: string): KnownLocals {
  const [known, setKnown] = useState<KnownLocals>({ recent: [], everybody: [] });
  useEffect(() => {
    let gone = false;
    const take = (part: Partial<KnownLocals>) => { if (!gone) setKnown((before) => ({ ...before, ...part })); };
    void recentLocals(domain).then((recent) => take({ recent }), () => undefined);
    if (isAdmin()) void everybody().then((handles) => take({ everybody: handles }), () => undefined);
    return () => { gone = true; };
  }, [domain]);
  return known;
}
