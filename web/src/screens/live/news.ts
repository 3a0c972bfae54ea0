// What happens to an offer is told: to screen readers while its screen is shown, else by a toast that leads there; and by the
// browser, where that was allowed.
import { effect, signal, untracked } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import { type LiveOffer, type LiveTransfer } from '../../live/offer.ts';
import { notify } from '../../shell/notify.ts';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';

export const news = signal('');   // for screen readers

export const forgetNews = () => { news.value = ''; };

const kPlace = '#/live';

function tell(text: string, tag: string): void {
  notify(text, '', tag, kPlace);
  if (location.hash === kPlace) news.value = text;
  else toast({ text, action: { text: t('action.show'), act: () => { location.hash = kPlace; } } });
}

// Somebody who fetches one file after the other comes once.
function tellOf(one: LiveTransfer, fresh: boolean, alone: boolean): void {
  const name = visible(one.name);
  const state = one.state.value;
  if (state === 'received') tell(t('live.news.received', { name }), one.requestId);
  else if (state === 'ended' && one.reason.value !== 'cancelled_by_sender') tell(t('live.news.ended', { name }), one.requestId);
  else if (fresh && alone) tell(t('live.news.came', { name }), one.requestId);
}

// Until the function returned is called.
export function watchNews(offer: LiveOffer): () => void {
  const known = new Map<string, string>();
  const stopTransfers = effect(() => {
    const all = offer.transfers.value;
    const changed = all.filter((one) => known.get(one.requestId) !== one.state.value);
    for (const one of changed) {
      const fresh = !known.has(one.requestId);
      known.set(one.requestId, one.state.value);
      untracked(() => tellOf(one, fresh, all.every((other) => other === one || other.over.value)));
    }
  });
  const stopEnd = effect(() => {
    const phase = offer.phase.value;
    if (phase.kind === 'ended' && phase.reason !== 'left' && offer.link.peek()) untracked(() => tell(t('live.news.over'), 'live'));
  });
  return () => { stopTransfers(); stopEnd(); };
}
