// Deletes an account, once its short name was typed.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { Refused } from './user_dialog.tsx';
import { type AdminUser, nameOf, type Users } from './users_list.ts';

export function DeleteUser({ user, users, onClose }: { user: AdminUser; users: Users; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const name = visible(nameOf(user));
  const same = typed.trim() === user.handle;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || !same) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await call('delete', '/api/admin/users/{id}', { path: { id: user.id } });
      toast({ text: t('admin.deleted', { name }) });
      users.remove(new Set([user.id]));  // and this dialog goes with it
    } catch (reason) {
      setProblem(asProblem(reason));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('admin.deleteTitle', { name })} onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate aria-label={t('admin.deleteTitle', { name })}>
        <p>{t('admin.deleteText', { used: formatSize(user.used_bytes) })}</p>
        <TextField label={t('admin.deleteHandle', { handle: visible(user.handle) })} value={typed} onValue={setTyped} autofocus autocomplete="off"
          autocapitalize="none" spellcheck={false} required mistake={tried && !same ? t('admin.deleteHandleWrong') : undefined} />
        {problem && <Refused problem={problem} />}
        <div class="form-foot">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button submit kind="danger primary" busy={busy}>{t('admin.deleteYes')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
