// One share: what or with whom, since when, until when; to change and to stop.
import { useState } from 'preact/hooks';
import { CalendarClock, CircleStop } from 'lucide-preact';
import { handleOf } from '../../data/address.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Thumbnail } from '../../media/thumbnail.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Avatar } from '../../ui/pieces.tsx';
import { Ago, UserText, visible } from '../../ui/text.tsx';
import { ExpiryDialog } from './expiry_dialog.tsx';
import { type OwnShare } from './groups.ts';
import { stopKeepingFocus } from './stop_focus.ts';
import { stopSharing } from './stop.ts';

export function ShareDates({ share }: { share: OwnShare }) {
  return (
    <>
      <span>{t('shared.sharedAt')} <Ago at={share.shared_at} /></span>
      <span>{share.expires_at ? t('shared.until', { when: formatTime(share.expires_at) }) : t('shared.untilStopped')}</span>
    </>
  );
}

// `about`: what the row is one of the list of.
export function ShareRow({ share, about }: { share: OwnShare; about: 'file' | 'person' }) {
  const [changing, setChanging] = useState(false);
  const names = { who: visible(handleOf(share.with)), name: visible(share.asset.name) };
  const title = about === 'file' ? share.asset.name : share.with;
  return (
    <div class="share-row">
      {about === 'file' ? <span class="share-picture"><Thumbnail item={share.asset} /></span> : <Avatar name={share.with} small />}
      <div class="share-row-text">
        <p class="truncate" title={visible(title)}><UserText text={title} /></p>
        <small class="muted shared-facts"><ShareDates share={share} /></small>
      </div>
      <div class="row share-row-acts">
        <IconButton small icon={CalendarClock} label={t('shared.changeExpiry', names)} onClick={() => setChanging(true)} />
        <Button small icon={CircleStop} label={t('shared.stopOne', names)}
          onClick={(event) => stopKeepingFocus(event.currentTarget, () => stopSharing([share]))}>{t('shared.stop')}</Button>
      </div>
      {changing && <ExpiryDialog share={share} onClose={() => setChanging(false)} />}
    </div>
  );
}
