// What can be done about an account beside its rights.
import { useState } from 'preact/hooks';
import { Ban, KeyRound, ShieldOff, Trash2, Undo2 } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Schema } from '../../api/types.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { Refused } from './user_dialog.tsx';
import { type AdminUser, changeUser, nameOf, type Users } from './users_list.ts';

function Link({ link, expires_at: until }: Schema<'LogInLink'>) {
  return (
    <Notice kind="ok" role="status" title={t('admin.link')}>
      <p>{t('admin.linkText', { when: formatTime(until) })}</p>
      <code class="command">{link}</code>
      <div><CopyButton text={link} label={t('admin.linkCopy')} /></div>
    </Notice>
  );
}

export function UserActs({ user, users, onDelete }: { user: AdminUser; users: Users; onDelete: () => void }) {
  const [link, setLink] = useState<Schema<'LogInLink'>>();
  const [problem, setProblem] = useState<Problem>();
  const name = visible(nameOf(user));
  const path = { id: user.id };
  const attempt = async (act: () => Promise<void>, done?: string) => {
    setProblem(undefined);
    try {
      await act();
      if (done) toast({ text: done });
    } catch (reason) {
      setProblem(asProblem(reason));
    }
  };
  const suspend = async () => {
    const sure = await ask({ title: t('admin.suspendTitle', { name }), text: t('admin.suspendText'), yes: t('admin.suspend'), danger: true });
    if (sure) await attempt(() => changeUser(users, user.id, { state: 'suspended' }), t('admin.isSuspended', { name }));
  };
  const reactivate = () => attempt(() => changeUser(users, user.id, { state: 'active' }), t('admin.isActive', { name }));
  const resetFactor = async () => {
    const sure = await ask({ title: t('admin.factorTitle', { name }), text: t('admin.factorText'), yes: t('admin.factorReset'), danger: true });
    if (!sure) return;
    await attempt(async () => {
      await call('delete', '/api/admin/users/{id}/second-factor', { path });
      users.replace({ ...user, second_factor: false });
    }, t('admin.factorGone', { name }));
  };
  const makeLink = () => attempt(async () => setLink(await call('post', '/api/admin/users/{id}/log-in-link', { path })));
  return (
    <section class="stack" aria-label={t('admin.acts')}>
      <div class="row wrap">
        {user.state === 'suspended' ? <Button icon={Undo2} onClick={reactivate}>{t('admin.reactivate')}</Button>
          : <Button icon={KeyRound} onClick={makeLink}>{t('admin.linkMake')}</Button>}
        {user.second_factor && <Button icon={ShieldOff} onClick={resetFactor}>{t('admin.factorReset')}</Button>}
        {user.state !== 'suspended' && <Button kind="danger" icon={Ban} onClick={suspend}>{t('admin.suspend')}</Button>}
        <Button kind="danger" icon={Trash2} onClick={onDelete}>{t('admin.delete')}</Button>
      </div>
      {problem && <Refused problem={problem} />}
      {link && <Link {...link} />}
    </section>
  );
}
