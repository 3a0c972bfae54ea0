// The link that was just made: to copy, to scan, to hand on. It is shown this once.
import { type MadeExchange } from '../../api/types.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { lazy } from '../../shell/lazy.tsx';
import { ask } from '../../ui/ask.tsx';
import { HandOn } from '../../ui/hand_on.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { nearnessOf } from './near.ts';
import { SendingList } from './sending_list.tsx';
import { type Sending } from './sendings.ts';

const QrCode = lazy(async () => (await import('../../ui/qr_code.tsx')).QrCode);

export interface MadeLink {
  readonly made: MadeExchange;
  readonly link: string;                    // with its key, where there is one
  readonly sending: Sending | undefined;
}

// Whether it may go from the screen: once it is gone, nobody can get it back.
export const mayClose = (taken: boolean) => (taken ? Promise.resolve(true)
  : ask({ title: t('exchanges.close.title'), text: t('exchanges.close.text'), yes: t('exchanges.close.yes'), no: t('exchanges.close.no') }));

function Facts({ made }: { made: MadeExchange }) {
  const { expires_at: until, max_downloads: most, encrypted, has_password: locked, direction } = made;
  return (
    <ul class="made-facts">
      <li>{t('exchanges.made.until', { when: formatTime(until) })}{most !== null && ` · ${t('exchanges.made.often', { n: most })}`}</li>
      <li>{t(direction === 'send' ? 'exchanges.made.secret' : 'exchanges.made.secretAsk')}</li>
      {encrypted && <li>{t('exchanges.made.key')}</li>}
      {locked && <li>{t('exchanges.made.password')}</li>}
    </ul>
  );
}

export function Made({ of: { made, link, sending }, onTaken }: { of: MadeLink; onTaken: () => void }) {
  const near = nearnessOf(link);
  return (
    <div class="stack" onCopy={onTaken}>
      <Notice kind="ok" role="status" title={t('exchanges.made.title')}><p>{t('exchanges.made.once')}</p></Notice>
      <div class="made-link">
        <div class="stack grow">
          <label class="field">
            <span class="field-label">{t('exchanges.made.link')}</span>
            <textarea autofocus class="input mono" readOnly rows={4} value={link} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <div class="row wrap">
            <span onClick={onTaken}><CopyButton text={link} label={t('exchanges.made.copy')} small={false} kind="primary" /></span>
            <HandOn link={link} onDone={onTaken} />
          </div>
        </div>
        <QrCode text={link} label={t('exchanges.made.qr')} />
      </div>
      {sending && <SendingList sending={sending} />}
      {near && <Notice kind="warn" title={t(`exchanges.near.${near}`)}><p>{t('exchanges.near.text')}</p></Notice>}
      <Facts made={made} />
    </div>
  );
}
