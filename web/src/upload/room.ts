// How much of one's quota is used, as the daemon last told.
import { signal } from '@preact/signals';
import { call } from '../api/client.ts';
import { onEvent } from '../api/events.ts';
import { session } from '../api/session.ts';
import { coalesced } from '../data/coalesce.ts';

interface Room { used: number; quota: number }   // bytes

export const room = signal<Room | undefined>(undefined);

// More than any disk holds stands for "no limit".
const kUnlimited = 2 ** 60;
export const isLimited = ({ quota }: Room) => quota < kUnlimited;

async function readRoom(): Promise<void> {
  const { used_bytes, quota_bytes } = await call('get', '/api/users/me');
  room.value = { used: used_bytes, quota: quota_bytes };
}

export function freeBytes(): number | undefined {
  const known = room.value;
  return known && isLimited(known) ? Math.max(0, known.quota - known.used) : undefined;
}

// Until the daemon tells again.
export function noteStored(size: number): void {
  if (room.value) room.value = { ...room.value, used: room.value.used + size };
}

const refresh = coalesced(async () => { if (session.value) await readRoom(); });
onEvent('assets', refresh);
let whose: string | undefined;
session.subscribe((value) => {
  if (value?.user.id === whose) return;
  whose = value?.user.id;
  room.value = undefined;
  if (value) refresh();
});
