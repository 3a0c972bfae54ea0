// What receivers fetch of an offer, each as it comes.
import { CircleAlert, CircleCheck, CircleSlash, Clock, Hourglass, type LucideIcon, Send, Unplug, X } from 'lucide-preact';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { type EndReason, type LiveOffer, type LiveTransfer, type OfferPhase, type TransferState } from '../../live/offer.ts';
import { paceText } from '../../media/pace.ts';
import { IconButton } from '../../ui/button.tsx';
import { EmptyState, Notice } from '../../ui/notice.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';

const kIcons: Record<TransferState, LucideIcon> = {
  waiting: Clock, sending: Send, paused: Unplug, confirming: Hourglass, received: CircleCheck, ended: CircleAlert,
};

// What helps, as long as the link works.
function endedText(reason: EndReason, open: boolean): string {
  const again = open && (reason === 'idle' || reason === 'refused');
  return `${t(`live.ended.${reason}`)} ${again ? t('live.ended.again') : ''}`;
}

function stateText({ state, size, taken, meter, reason }: LiveTransfer, phase: OfferPhase['kind']): string {
  switch (state.value) {
    case 'waiting': return t('live.state.waiting');
    case 'sending': return phase === 'away' ? t('live.state.held') : `${paceText(meter, taken.value, size)} · ${formatSize(size)}`;
    case 'paused': return t('live.state.paused');
    case 'confirming': return t('live.state.confirming');
    case 'received': return t('live.state.received', { size: formatSize(size) });
    case 'ended': return endedText(reason.value ?? 'refused', phase !== 'ended');
  }
}

function Row({ one, offer }: { one: LiveTransfer; offer: LiveOffer }) {
  const state = one.state.value;
  const over = one.over.value;
  const name = visible(one.name);
  const cancelled = state === 'ended' && (one.reason.value === 'cancelled_by_sender' || one.reason.value === 'cancelled_by_receiver');
  const Icon = cancelled ? CircleSlash : kIcons[state];
  const part = state === 'confirming' ? 1 : one.size > 0 ? one.taken.value / one.size : 0;
  // The button goes; the focus stays on the row.
  const cancel = (button: HTMLElement) => {
    button.closest('li')?.focus();
    offer.cancel(one.requestId);
  };
  return (
    <li class={`live-transfer ${cancelled ? 'cancelled' : state}`} tabIndex={-1} data-request={one.requestId}>
      <Icon aria-hidden="true" />
      <div class="grow">
        <p class="truncate live-name" title={name}><UserText text={one.name} /></p>
        {!over && <ProgressBar part={part} label={t('live.progress', { name })} />}
        <p class="live-state">{stateText(one, offer.phase.value.kind)}</p>
      </div>
      {!over && <IconButton small icon={X} label={t('live.cancel', { name })} onClick={(event) => cancel(event.currentTarget)} />}
    </li>
  );
}

export function Transfers({ offer }: { offer: LiveOffer }) {
  const all = offer.transfers.value;
  const refused = offer.notAuthentic.value;
  return (
    <section class="card flush" aria-labelledby="live-transfers-title">
      <h2 id="live-transfers-title" class="live-heading">{t('live.transfers')}</h2>
      {refused > 0 && <div class="live-refused"><Notice kind="warn" role="alert" title={t('live.refused', { n: refused })}><p>{t('live.refused.text')}</p></Notice></div>}
      {all.length === 0 ? <EmptyState icon={Hourglass} level={3} title={t('live.transfers.none')}>{t('live.transfers.noneText')}</EmptyState>
        : <ul class="list">{all.map((one) => <Row key={one.requestId} one={one} offer={offer} />)}</ul>}
    </section>
  );
}
