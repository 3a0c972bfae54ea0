// The servers known here, for admins: read for the list of them, and for what needs an admin's eye.
import { computed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { isAdmin, whenUserLeaves } from '../../api/session.ts';
import { type KnownInstance } from '../../api/types.ts';
import { coalesced } from '../../data/coalesce.ts';
import { PagedList } from '../../data/paged_list.ts';

const kPage = 200;

export const instances = new PagedList<KnownInstance>(
  (cursor, signal) => call('get', '/api/admin/instances', { query: { limit: kPage, ...(cursor && { cursor }) }, signal }),
  (one) => one.domain,
);

export const instanceAlerts = computed(() => instances.items.value.filter((one) => one.alert !== null && !one.blocked).length);

export async function readInstances(): Promise<void> {
  if (isAdmin()) await instances.restart();
}

export function isBlocked(domain: string): boolean {
  return instances.items.value.some((one) => one.domain === domain && one.blocked);
}

// A handshake is many events; each would begin the reading anew.
const onConnection = coalesced(readInstances);

// Keeps the list fresh while something of it is shown: what is new in connections is mostly heard from those servers.
export function useInstances(): void {
  useEffect(onConnection, []);
  useEvent('connection', onConnection);
}

whenUserLeaves(() => instances.clear());
