// The accounts of this server.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Ban, ShieldCheck, Star } from 'lucide-preact';
import { userId } from '../../api/session.ts';
import { formatAgo, formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Avatar, Chip } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { isUnlimited } from './quota.ts';
import { UserDialog } from './user_dialog.tsx';
import { type AdminUser, nameOf, usersList } from './users_list.ts';

function Marks({ user }: { user: AdminUser }) {
  return (
    <>
      {user.id === userId() && <Chip>{t('admin.you')}</Chip>}
      {user.permission === 'admin' && <Chip tone="accent" icon={Star}>{t('admin.permission.admin')}</Chip>}
      {user.permission === 'none' && <Chip tone="warn">{t('admin.permission.none')}</Chip>}
      {user.state === 'suspended' && <Chip tone="danger" icon={Ban}>{t('admin.suspended')}</Chip>}
      {user.second_factor && <Chip tone="ok" icon={ShieldCheck}>{t('admin.secondFactor')}</Chip>}
    </>
  );
}

function Row({ user, onOpen }: { user: AdminUser; onOpen: () => void }) {
  useMinute();
  const name = nameOf(user);
  const room = { used: formatSize(user.used_bytes), quota: formatSize(user.quota_bytes) };
  return (
    <li class="list-row admin-user">
      <Avatar name={name} />
      <div class="grow">
        <p class="row wrap admin-name"><UserText text={name} /><Marks user={user} /></p>
        <small class="muted row-detail"><UserText text={user.handle} />{' · '}<UserText text={user.email} /></small>
        <small class="muted row-detail">
          {t(isUnlimited(user.quota_bytes) ? 'admin.used' : 'admin.usedOf', room)}
          {' · '}
          {user.last_seen_at ? t('admin.seen', { when: formatAgo(user.last_seen_at) }) : t('admin.neverSeen')}
        </small>
      </div>
      <Button small label={t('admin.manageName', { name: visible(name) })} onClick={onOpen}>{t('admin.manage')}</Button>
    </li>
  );
}

export function Users() {
  const [users] = useState(usersList);
  const [open, setOpen] = useState<string>();
  useEffect(() => {
    void users.restart();
    return () => users.stop();
  }, [users]);
  const here = users.items.value.filter((user) => user.is_local);
  const chosen = here.find(({ id }) => id === open);
  const rows = useRef<HTMLUListElement>(null);
  // Whose dialog was open is gone, and the button that opened it as well.
  useEffect(() => {
    if (!open || chosen) return;
    setOpen(undefined);
    rows.current?.focus();
  }, [open, chosen]);
  return (
    <section class="card stack" aria-labelledby="admin-users">
      <h2 id="admin-users">{t('admin.users')}</h2>
      {users.problem.value && <ProblemNotice problem={users.problem.value} onRetry={() => users.restart()} />}
      {!users.started.value && users.loading.value && <Loading />}
      {here.length > 0 && (
        <ul class="list admin-list" ref={rows} tabIndex={-1} aria-labelledby="admin-users">
          {here.map((user) => <Row key={user.id} user={user} onOpen={() => setOpen(user.id)} />)}
        </ul>
      )}
      {users.started.value && !users.complete.value && <div><Button busy={users.loading.value} onClick={() => users.more()}>{t('action.loadMore')}</Button></div>}
      {chosen && <UserDialog key={chosen.id} user={chosen} users={users} onClose={() => setOpen(undefined)} />}
    </section>
  );
}
