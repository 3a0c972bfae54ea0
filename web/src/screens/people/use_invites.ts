import { useCallback } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { type Invite } from '../../api/types.ts';
import { type Resource, useResource } from '../../data/use_resource.ts';

const kMost = 500;

function isOpen({ uses, spent, expires_at: until }: Invite): boolean {
  return spent < uses && Date.parse(until) > Date.now();
}

// One's invites that can still be used. A connection that is made may have spent one.
export function useInvites(): Resource<Invite[]> {
  const invites = useResource(async (signal) => (await call('get', '/api/invites', { query: { limit: kMost }, signal })).items.filter(isOpen), []);
  const { reload } = invites;
  useEvent('connection', useCallback(() => void reload(), [reload]));
  return invites;
}
