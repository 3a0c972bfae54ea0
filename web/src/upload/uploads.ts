// The page's one queue of uploads, and what it has to do with the rest of the page: it goes on while screens change, asks
// before the page is left, keeps the log-in alive, and belongs to one person.
import { newKey } from '../api/client.ts';
import { connected } from '../api/events.ts';
import { refreshSession, session } from '../api/session.ts';
import { UploadQueue } from './queue.ts';
import { freeBytes, noteStored } from './room.ts';
import { isReadable, send } from './send.ts';

async function isReachable(): Promise<boolean> {
  try {
    return await refreshSession();
  } catch {
    return false;
  }
}

export const uploads = new UploadQueue({
  send, isReadable, isReachable, newKey,
  free: freeBytes,
  onStored: noteStored,
  now: () => performance.now(),
  after: (milliseconds, act) => { setTimeout(act, milliseconds); },
});

connected.subscribe((there) => { if (there) uploads.nudge(); });

// Whoever logs in next finds nothing of another's; one's own go on.
let whose: string | undefined;
session.subscribe((value) => {
  if (!value) return uploads.suspend();
  if (whose !== undefined && whose !== value.user.id) uploads.cancelAll();
  whose = value.user.id;
  uploads.nudge();
});

let wasMoving = false;
const ask = (event: BeforeUnloadEvent) => event.preventDefault();
uploads.changed.subscribe(() => {
  const moving = uploads.standing.value !== 'paused' && uploads.uploads.some(({ state }) => state === 'running' || state === 'waiting');
  if (moving === wasMoving) return;
  wasMoving = moving;
  if (moving) window.addEventListener('beforeunload', ask);
  else window.removeEventListener('beforeunload', ask);
});
