import { useEffect } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { refreshSession } from '../../api/session.ts';
import { type Schema } from '../../api/types.ts';
import { type Resource, useResource } from '../../data/use_resource.ts';

export type Me = Schema<'Me'>;
export type MeChange = Schema<'MeChange'>;

// One's account. Read again when one comes back to this tab: a mailed link may have been opened in between.
export function useMe(): Resource<Me> {
  const account = useResource((signal) => call('get', '/api/users/me', { signal }), []);
  const { reload } = account;
  useEffect(() => {
    const seen = () => { if (!document.hidden) void reload(); };
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, [reload]);
  return account;
}

// Throws a Problem. The frame around the screen shows the name, so the session is read anew.
export async function changeMe(account: Resource<Me>, body: MeChange): Promise<void> {
  account.set(await call('patch', '/api/users/me', { body }));
  await refreshSession().catch(() => undefined);
}
