// The page's one queue of uploads, and what it has to do with the rest of the page: it goes on while screens change, asks
// before the page is left if something would be lost, keeps the log-in alive, and belongs to one person.
import { signal } from '@preact/signals';
import { newKey } from '../api/client.ts';
import { connected } from '../api/events.ts';
import { refreshSession, session } from '../api/session.ts';
import { dropHandle, keepHandle } from './handles.ts';
import { forgetUpload, rememberUpload } from './memory.ts';
import { UploadQueue } from './queue.ts';
import { freeBytes, noteStored } from './room.ts';
import { isReadable, send } from './send.ts';
import { discard } from './tus.ts';
import { outlivesPage } from './upload.ts';

async function isReachable(): Promise<boolean> {
  try {
    return await refreshSession();
  } catch {
    return false;
  }
}

// Ids of uploads that are done or were given up, whatever a list says that was read before.
export const ended = signal<ReadonlySet<string>>(new Set());

export const uploads = new UploadQueue({
  send, isReadable, isReachable, newKey,
  free: freeBytes,
  onStored: noteStored,
  onBegun: (id, file) => {
    rememberUpload(id, file);
    void keepHandle(id, file);
  },
  onEnded: (id, discarded) => {
    forgetUpload(id);
    void dropHandle(id);
    ended.value = new Set([...ended.value, id]);
    if (discarded) void discard(id).catch(() => undefined);  // else it runs out by itself
  },
  now: () => performance.now(),
  after: (milliseconds, act) => { setTimeout(act, milliseconds); },
});

connected.subscribe((there) => { if (there) uploads.nudge(); });

// Whoever logs in next finds nothing of another's; one's own go on.
let whose: string | undefined;
session.subscribe((value) => {
  if (!value) return uploads.suspend();
  if (whose !== undefined && whose !== value.user.id) uploads.forgetAll();
  whose = value.user.id;
  uploads.nudge();
});

let wouldBeLost = false;
const ask = (event: BeforeUnloadEvent) => event.preventDefault();
uploads.changed.subscribe(() => {
  const moving = uploads.uploads.filter(({ state }) => state === 'running' || state === 'waiting');
  const losing = uploads.standing.value !== 'paused' && moving.some((one) => !outlivesPage(one));
  if (losing === wouldBeLost) return;
  wouldBeLost = losing;
  if (losing) window.addEventListener('beforeunload', ask);
  else window.removeEventListener('beforeunload', ask);
});
