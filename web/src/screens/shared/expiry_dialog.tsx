// Changes until when one share lasts.
import { useState } from 'preact/hooks';
import { handleOf } from '../../data/address.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { dateText, expiryOf, type ExpiryChoice, kForGood } from './expiry.ts';
import { ExpiryField } from './expiry_field.tsx';
import { type OwnShare } from './groups.ts';
import { shortName } from './short_name.ts';
import { changeExpiry } from './stop.ts';

function choiceOf({ expires_at: end }: OwnShare): ExpiryChoice {
  return end === null ? kForGood : { expiry: 'date', date: dateText(new Date(end)) };
}

export function ExpiryDialog({ share, onClose }: { share: OwnShare; onClose: () => void }) {
  const [choice, setChoice] = useState(() => choiceOf(share));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const until = expiryOf(choice);
  const names = { who: visible(handleOf(share.with)), name: shortName(share.asset.name) };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || until.wrong) return;
    setBusy(true);
    const done = await changeExpiry(share, until.at);
    setBusy(false);
    if (!done) return;
    onClose();
    toast({ text: t('shared.changed') });
  };
  return (
    <Dialog title={t('shared.changeExpiry', names)} onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        <ExpiryField choice={choice} onChoice={setChoice} mistake={tried && until.wrong ? t('shared.expiry.wrong') : undefined} />
        <div class="row wrap end">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button submit kind="primary" busy={busy}>{t('action.save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
