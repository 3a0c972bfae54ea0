// While an offer is open: its link, who fetches what, and a way to stop.
import { CircleStop } from 'lucide-preact';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { type LiveOffer } from '../../live/offer.ts';
import { ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { toast } from '../../ui/toasts.tsx';
import { sizeOf } from './chosen.ts';
import { useDrop } from './drop.ts';
import { FileLine } from './file_line.tsx';
import { LinkCard } from './link_card.tsx';
import { Transfers } from './transfers.tsx';

export function Stop({ offer }: { offer: LiveOffer }) {
  const stop = async () => {
    const n = offer.transfers.peek().filter(({ over }) => !over.peek()).length;
    const question = { title: t('live.stop.title'), text: t('live.stop.text', { n }), yes: t('live.stop.yes'), no: t('live.stop.no'), danger: true };
    if (n === 0 || await ask(question)) await offer.leave();
  };
  return <Button icon={CircleStop} kind="danger" onClick={stop}>{t('live.stop')}</Button>;
}

// What to do meanwhile, or why nothing moves.
function Standing({ offer }: { offer: LiveOffer }) {
  const away = offer.phase.value.kind === 'away';
  return (
    <div role="status">
      {away ? <Notice kind="warn" title={t('live.reconnecting')}><p>{t('live.reconnecting.text')}</p></Notice>
        : <Notice title={t('live.stay')}><p>{t('live.stay.text')} {offer.slow && t('live.slow')}</p></Notice>}
    </div>
  );
}

function Offered({ files }: { files: readonly File[] }) {
  return (
    <details class="live-offered">
      <summary>{t('live.offered', { n: files.length, size: formatSize(sizeOf(files)) })}</summary>
      <ul class="live-files list" aria-label={t('live.chosen')}>
        {files.map((file, at) => <FileLine key={at} file={file} />)}
      </ul>
    </details>
  );
}

export function Open({ offer, link }: { offer: LiveOffer; link: string }) {
  useDrop(() => toast({ text: t('live.added.late') }));
  return (
    <>
      <Standing offer={offer} />
      <LinkCard offer={offer} link={link} />
      <Transfers offer={offer} />
      <Offered files={offer.files} />
    </>
  );
}
