// Who uses how much, the largest first.
import { type Schema } from '../../api/types.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { LinkButton } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { isUnlimited } from './quota.ts';

type User = Schema<'AdminStorage'>['users'][number];

const kMost = 100;    // the daemon names no more
const kTight = 0.9;   // of a quota

function Row({ user }: { user: User }) {
  const limited = !isUnlimited(user.quota_bytes);
  const part = user.quota_bytes > 0 ? user.used_bytes / user.quota_bytes : 1;
  const room = { used: formatSize(user.used_bytes), quota: formatSize(user.quota_bytes) };
  return (
    <li class="list-row storage-user">
      <div class="grow">
        <p class="admin-name truncate"><UserText text={user.handle} /></p>
        <small class="muted row-detail truncate"><UserText text={user.email} /></small>
      </div>
      <div class="storage-used stack tight">
        <small>{t(limited ? 'admin.usedOf' : 'admin.used', room)}</small>
        {limited && <ProgressBar part={part} kind={part >= kTight ? 'danger' : ''} label={t('storage.usedBy', { name: visible(user.handle) })} />}
      </div>
    </li>
  );
}

export function SpaceOfUsers({ users }: { users: User[] }) {
  return (
    <section class="card stack" aria-labelledby="storage-users">
      <div class="row wrap">
        <h2 id="storage-users" class="grow">{t('storage.users')}</h2>
        <LinkButton href="#/admin" small>{t('storage.quotas')}</LinkButton>
      </div>
      {users.length >= kMost && <p class="muted">{t('storage.usersMost', { n: kMost })}</p>}
      <ul class="list admin-list" aria-labelledby="storage-users">{users.map((user) => <Row key={user.user_id} user={user} />)}</ul>
    </section>
  );
}
