// Requests that wait for this person: counted for the badge and the window's title, told as a notification of the
// browser if that was allowed.
import { computed, signal } from '@preact/signals';
import { call } from '../api/client.ts';
import { onEvent } from '../api/events.ts';
import { session } from '../api/session.ts';
import { type Connection } from '../api/types.ts';

export const waitingRequests = signal<Connection[]>([]);
export const waitingCount = computed(() => waitingRequests.value.length);

type Told = (request: Connection) => void;
const listeners = new Set<Told>();
export function onNewRequest(listener: Told): void {
  listeners.add(listener);
}

const kMost = 100;
let reading: Promise<void> | undefined;
let again = false;

async function read(): Promise<void> {
  const page = await call('get', '/api/connections', { query: { limit: kMost } });
  const before = new Set(waitingRequests.value.map((one) => one.id));
  const now = page.items.filter((one) => one.state === 'pending_in');
  const first = !known;
  known = true;
  waitingRequests.value = now;
  if (!first) for (const one of now) if (!before.has(one.id)) for (const listener of listeners) listener(one);
}
let known = false;

// Reads anew, once however often it is asked meanwhile.
export async function refreshRequests(): Promise<void> {
  if (reading) {
    again = true;
    return reading;
  }
  reading = read().catch(() => undefined).finally(() => { reading = undefined; });
  await reading;
  if (again) {
    again = false;
    await refreshRequests();
  }
}

onEvent('connection', () => void refreshRequests());
session.subscribe((value) => {
  if (!value) {
    waitingRequests.value = [];
    known = false;
  }
});
