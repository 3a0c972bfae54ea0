// One account: what it may, how much room it has, and what can be done about it.
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { formatDate } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { DeleteUser } from './delete_user.tsx';
import { bytesOf, gigabytesOf } from './quota.ts';
import { UserActs } from './user_acts.tsx';
import { type AdminUser, changeUser, nameOf, type UserChange, type Users } from './users_list.ts';

const kPermissions = ['none', 'user', 'admin'] as const;
type Permission = (typeof kPermissions)[number];

const permissionOf = ({ permission }: AdminUser): Permission => kPermissions.find((one) => one === permission) ?? 'none';

export function Refused({ problem }: { problem: Problem }) {
  if (problem.status === 409) return <Notice kind="warn" title={t('admin.lastAdmin')} role="alert" />;
  return <ProblemNotice problem={problem} />;
}

function Rights({ user, users }: { user: AdminUser; users: Users }) {
  const [permission, setPermission] = useState(permissionOf(user));
  const [typed, setTyped] = useState(gigabytesOf(user.quota_bytes));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const quota = bytesOf(typed);
  const change: UserChange = {
    ...(permission !== permissionOf(user) && { permission }),
    ...(quota !== undefined && typed.trim() !== gigabytesOf(user.quota_bytes) && { quota_bytes: quota }),
  };
  const nothing = Object.keys(change).length === 0;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || nothing || quota === undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await changeUser(users, user.id, change);
      toast({ text: t('admin.changed', { name: visible(nameOf(user)) }) });
    } catch (reason) {
      setProblem(asProblem(reason));
      setPermission(permissionOf(user));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack" onSubmit={submit} noValidate aria-label={t('admin.rights')}>
      <div class="two-fields">
        <SelectField label={t('admin.permission')} value={permission} onValue={setPermission} hint={t(`admin.permission.${permission}Text`)}
          options={kPermissions.map((value) => ({ value, text: t(`admin.permission.${value}`) }))} />
        <TextField label={t('admin.quota')} hint={t('admin.quotaHint')} inputMode="decimal" value={typed} onValue={setTyped} autocomplete="off"
          mistake={quota === undefined ? t('admin.quotaWrong') : undefined} />
      </div>
      {problem && <Refused problem={problem} />}
      <div><Button submit kind="primary" busy={busy} disabled={nothing || quota === undefined}>{t('action.save')}</Button></div>
    </form>
  );
}

export function UserDialog({ user, users, onClose }: { user: AdminUser; users: Users; onClose: () => void }) {
  const [deleting, setDeleting] = useState(false);
  if (deleting) return <DeleteUser user={user} users={users} onClose={onClose} />;
  return (
    <Dialog wide title={visible(nameOf(user))} onClose={onClose}>
      <div class="stack">
        <dl class="facts">
          <dt>{t('account.address')}</dt><dd><UserText text={user.address} /></dd>
          <dt>{t('account.email')}</dt><dd><UserText text={user.email} /></dd>
          <dt>{t('admin.since')}</dt><dd>{formatDate(user.created_at)}</dd>
        </dl>
        <Rights user={user} users={users} />
        <UserActs user={user} users={users} onDelete={() => setDeleting(true)} />
      </div>
    </Dialog>
  );
}
