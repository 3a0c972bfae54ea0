// The files that are offered live from this page, and those that are chosen for it. They are there whatever screen is shown,
// until the page is closed: the key is nowhere else.
import { effect, signal } from '@preact/signals';
import { whenUserLeaves } from '../../api/session.ts';
import { LiveOffer } from '../../live/offer.ts';
import { liveNow } from '../../shell/live_now.ts';
import { forgetNews, watchNews } from './news.ts';

export const chosen = signal<readonly File[]>([]);
export const offer = signal<LiveOffer | undefined>(undefined);   // also one that has ended, until the next is begun

let stopWatching = () => {};

// Resolved when there is a link, or a problem; never throws.
export async function start(files: readonly File[]): Promise<void> {
  forget();
  const fresh = new LiveOffer(files);
  offer.value = fresh;
  stopWatching = watchNews(fresh);
  await fresh.open();
}

// One that goes on is ended.
export function forget(): void {
  stopWatching();
  const before = offer.value;
  if (before && before.phase.value.kind !== 'ended') void before.leave();
  offer.value = undefined;
}

effect(() => {
  const one = offer.value;
  liveNow.value = one?.link.value && one.phase.value.kind !== 'ended' ? { leave: () => one.leave() } : undefined;
});

const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault();
effect(() => {
  if (offer.value?.busy.value) window.addEventListener('beforeunload', askBeforeLeaving);
  else window.removeEventListener('beforeunload', askBeforeLeaving);
});

whenUserLeaves(() => {
  forget();
  forgetNews();
  chosen.value = [];
});
