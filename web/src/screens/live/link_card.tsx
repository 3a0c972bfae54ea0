// The link of an offer: to copy, to scan, to hand on.
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { type LiveOffer } from '../../live/offer.ts';
import { lazy } from '../../shell/lazy.tsx';
import { HandOn } from '../../ui/hand_on.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { nearnessOf } from '../exchanges/near.ts';

const QrCode = lazy(async () => (await import('../../ui/qr_code.tsx')).QrCode);

export function LinkCard({ offer, link }: { offer: LiveOffer; link: string }) {
  const near = nearnessOf(link);
  const until = offer.expiresAt.value;
  return (
    <section class="card stack" aria-labelledby="live-link-title">
      <h2 id="live-link-title">{t('live.link.title')}</h2>
      <div class="live-link">
        <div class="stack">
          <label class="field">
            <span class="field-label">{t('live.link')}</span>
            <textarea data-start class="input mono" readOnly rows={3} value={link} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <div class="row wrap">
            <CopyButton text={link} label={t('live.link.copy')} small={false} kind="primary" />
            <HandOn link={link} />
          </div>
          <ul class="live-facts">
            {until && <li>{t('live.link.until', { when: formatTime(until) })}</li>}
            <li>{t('live.link.secret')}</li>
          </ul>
        </div>
        <QrCode text={link} label={t('live.link.qr')} />
      </div>
      {near && <Notice kind="warn" title={t(`exchanges.near.${near}`)}><p>{t('exchanges.near.text')}</p></Notice>}
    </section>
  );
}
