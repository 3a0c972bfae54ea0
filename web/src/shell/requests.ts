// Requests that wait for this person (an admin: for anybody here). They are counted for the badge and the window's title;
// one that comes in is told once: by the list if it is shown, else by a toast that leads there, and by the browser if
// that was allowed.
import { computed, signal } from '@preact/signals';
import { type Connection } from '../api/types.ts';
import { connections, connectionsRead, readConnections } from '../data/connections.ts';
import { t } from '../i18n/index.ts';
import { visible } from '../ui/text.tsx';
import { toast } from '../ui/toasts.tsx';
import { notify } from './notify.ts';

export const waitingRequests = computed(() => connections.value.filter((one) => one.state === 'pending_in'));
export const waitingCount = computed(() => waitingRequests.value.length);

// What screen readers are told while the list is shown.
export const requestNews = signal('');

export const refreshRequests = readConnections;

const kList = '#/people';
let known: Set<string> | undefined;

function tell(request: Connection): void {
  const text = t('people.request.news', { address: visible(request.peer), localAddress: visible(request.local) });
  notify(text, visible(request.purpose), request.id, kList);
  if (location.hash === kList) requestNews.value = text;
  else toast({ text, action: { text: t('action.show'), act: () => { location.hash = kList; } } });
}

// undefined while nothing was read: what is there already when somebody logs in is no news.
const read = computed(() => (connectionsRead.value ? waitingRequests.value : undefined));

read.subscribe((now) => {
  if (now && known) now.filter((one) => !known?.has(one.id)).forEach(tell);
  known = now && new Set(now.map((one) => one.id));
  if (!now) requestNews.value = '';
});
