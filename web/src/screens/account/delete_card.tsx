// The end of an account.
import { useState } from 'preact/hooks';
import { Trash2 } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { type Problem } from '../../api/problem.ts';
import { loggedOut } from '../../api/session.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { farewell } from '../../shell/farewell.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { visible } from '../../ui/text.tsx';
import { PasswordDialog } from './password_dialog.tsx';
import { type Me } from './use_me.ts';

function WhatGoes({ me }: { me: Me }) {
  return (
    <ul class="help-list">
      <li>{t('account.goneFiles', { used: formatSize(me.used_bytes) })}</li>
      <li>{t('account.goneShares')}</li>
      <li>{t('account.gonePeople')}</li>
      <li>{t('account.goneLogIns')}</li>
      <li>{t('account.goneName', { email: visible(me.email), handle: visible(me.handle) })}</li>
    </ul>
  );
}

const explain = ({ status }: Problem) => (status === 409 ? t('account.deleteLast') : undefined);

function DeleteDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const same = typed.trim() === me.handle;
  const act = async (current_password: string) => {
    await call('delete', '/api/users/me', { body: { current_password } });
    farewell.value = me.address;
    loggedOut();
  };
  return (
    <PasswordDialog title={t('account.delete')} yes={t('account.deleteYes')} danger complete={same} onTried={() => setTried(true)}
      explain={explain} act={act} onClose={onClose}>
      <p>{t('account.deleteText')}</p>
      <WhatGoes me={me} />
      <TextField label={t('account.deleteHandle', { handle: visible(me.handle) })} value={typed} onValue={setTyped} autocomplete="off" autocapitalize="none"
        spellcheck={false} required mistake={tried && !same ? t('account.deleteHandleWrong') : undefined} />
    </PasswordDialog>
  );
}

export function DeleteCard({ me }: { me: Me }) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card stack" aria-labelledby="account-delete">
      <h2 id="account-delete">{t('account.delete')}</h2>
      <p class="muted">{t('account.deleteHint')}</p>
      <div><Button kind="danger" icon={Trash2} onClick={() => setOpen(true)}>{t('account.deleteOpen')}</Button></div>
      {open && <DeleteDialog me={me} onClose={() => setOpen(false)} />}
    </section>
  );
}
