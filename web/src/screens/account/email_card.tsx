// The address one logs in with and gets mails at. A new one counts once the link mailed there was opened.
import { useState } from 'preact/hooks';
import { Mail } from 'lucide-preact';
import { type Resource } from '../../data/use_resource.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { isEmail } from '../entry/rules.ts';
import { PasswordDialog } from './password_dialog.tsx';
import { changeMe, type Me } from './use_me.ts';

function mistakeIn(email: string, me: Me): string | undefined {
  if (!isEmail(email)) return t('account.emailWrong');
  return email === me.email && me.prospective_email === null ? t('account.emailSame') : undefined;
}

function EmailDialog({ account, me, onClose }: { account: Resource<Me>; me: Me; onClose: () => void }) {
  const [typed, setTyped] = useState(me.prospective_email ?? '');
  const [tried, setTried] = useState(false);
  const email = typed.trim();
  const mistake = mistakeIn(email, me);
  const act = async (password: string) => {
    await changeMe(account, { email, current_password: password });
    onClose();
  };
  return (
    <PasswordDialog title={t('account.emailChange')} yes={t('account.emailSend')} complete={!mistake} onTried={() => setTried(true)}
      act={act} onClose={onClose}>
      <p>{t('account.emailText')}</p>
      <TextField label={t('account.emailNew')} type="email" autocomplete="email" required value={typed} onValue={setTyped}
        mistake={tried ? mistake : undefined} />
    </PasswordDialog>
  );
}

// The address there is stays: one's own address ends a change.
function KeepDialog({ account, me, onClose }: { account: Resource<Me>; me: Me; onClose: () => void }) {
  const act = async (password: string) => {
    await changeMe(account, { email: me.email, current_password: password });
    onClose();
  };
  return (
    <PasswordDialog title={t('account.emailKeep')} yes={t('account.emailKeep')} act={act} onClose={onClose}>
      <p>{t('account.emailKeepText', { email: visible(me.email) })}</p>
    </PasswordDialog>
  );
}

export function EmailCard({ account, me }: { account: Resource<Me>; me: Me }) {
  const [open, setOpen] = useState<'change' | 'keep'>();
  const close = () => setOpen(undefined);
  const waiting = me.prospective_email;
  return (
    <section class="card stack" aria-labelledby="account-email">
      <h2 id="account-email">{t('account.email')}</h2>
      <div class="row wrap">
        <UserText text={me.email} class="grow" />
        <Button icon={Mail} onClick={() => setOpen('change')}>{t(waiting ? 'account.emailAgain' : 'account.emailChange')}</Button>
      </div>
      <div aria-live="polite">
        {waiting && (
          <Notice title={t('account.emailWaiting', { email: visible(waiting) })}>
            <p>{t('account.emailWaitingText', { email: visible(me.email) })}</p>
            <div><Button small onClick={() => setOpen('keep')}>{t('account.emailKeep')}</Button></div>
          </Notice>
        )}
      </div>
      <p class="muted"><small>{t('account.emailHint')}</small></p>
      {open === 'change' && <EmailDialog account={account} me={me} onClose={close} />}
      {open === 'keep' && <KeepDialog account={account} me={me} onClose={close} />}
    </section>
  );
}
