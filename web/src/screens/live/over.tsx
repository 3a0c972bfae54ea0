// After an offer: why it ended and what helps.
import { FilePlus2, Link2 } from 'lucide-preact';
import { problemText } from '../../api/problem_text.ts';
import { type Key, t } from '../../i18n/index.ts';
import { type LiveOffer, type OfferPhase } from '../../live/offer.ts';
import { Button } from '../../ui/button.tsx';
import { chosen, forget, start } from './running.ts';
import { useDrop } from './drop.ts';
import { Transfers } from './transfers.tsx';

type Ended = Extract<OfferPhase, { kind: 'ended' }>;

function wordsFor(phase: Ended): { title: Key; text: string } {
  if (phase.reason !== 'failed') return { title: `live.over.${phase.reason}`, text: t(`live.over.${phase.reason}.text`) };
  if (phase.problem.status === 401) return { title: 'live.over.loggedOut', text: t('live.over.loggedOut.text') };
  return { title: 'live.over.failed', text: `${problemText(phase.problem)} ${t('live.over.failed.text')}` };
}

export function Over({ offer, phase }: { offer: LiveOffer; phase: Ended }) {
  const { title, text } = wordsFor(phase);
  useDrop(() => {});
  const other = () => {
    chosen.value = [];
    forget();
  };
  return (
    <>
      <section class="card stack">
        <div class="stack tight">
          <h2 tabIndex={-1} data-start>{t(title)}</h2>
          <p>{text}</p>
        </div>
        <div class="row wrap">
          <Button icon={Link2} kind="primary" onClick={() => start(offer.files)}>{t('live.again', { n: offer.files.length })}</Button>
          <Button icon={FilePlus2} onClick={other}>{t('live.other')}</Button>
        </div>
      </section>
      {offer.transfers.value.length > 0 && <Transfers offer={offer} />}
    </>
  );
}
