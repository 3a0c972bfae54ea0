// Invites to register here, for those who have no account yet.
import { useRef, useState } from 'preact/hooks';
import { Plus, Trash2, UserPlus } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Schema } from '../../api/types.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { NewInviteDialog } from './new_invite_dialog.tsx';

type Invite = Schema<'RegistrationInvite'>;

const nameOf = ({ note }: Invite) => note || t('admin.inviteNoNote');

// True: it is gone.
async function takeBack(invite: Invite): Promise<boolean> {
  const note = visible(nameOf(invite));
  const sure = await ask({ title: t('admin.inviteBackTitle', { note }), text: t('admin.inviteBackText'), yes: t('admin.inviteBack'), danger: true });
  if (!sure) return false;
  try {
    await call('delete', '/api/admin/registration-invites/{id}', { path: { id: invite.id } });
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 404) {  // gone already is what was wanted
      toast({ text: problemText(problem), kind: 'danger' });
      return false;
    }
  }
  return true;
}

export function Invites() {
  const invites = useResource(async (signal) => (await call('get', '/api/admin/registration-invites', { signal })).items, []);
  const [making, setMaking] = useState(false);
  const rows = useRef<HTMLUListElement>(null);
  const { data } = invites;
  const act = async (invite: Invite) => {
    if (!await takeBack(invite)) return;
    await invites.reload();
    (rows.current ?? document.querySelector('main'))?.focus();  // the button that was pressed goes with its row
  };
  const make = <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>{t('admin.inviteNew')}</Button>;
  return (
    <section class="card stack" aria-labelledby="admin-invites">
      <h2 id="admin-invites">{t('admin.invites')}</h2>
      <p class="muted">{t('admin.invitesText')}</p>
      {invites.problem && <ProblemNotice problem={invites.problem} onRetry={invites.reload} />}
      {!data && invites.loading && <Loading />}
      {data?.length === 0 && <EmptyState level={3} icon={UserPlus} title={t('admin.invitesEmpty')} actions={make} />}
      {data && data.length > 0 && (
        <>
          <ul class="list admin-list" ref={rows} tabIndex={-1} aria-labelledby="admin-invites">
            {data.map((invite) => (
              <li key={invite.id} class="list-row">
                <div class="grow">
                  <p class="admin-name"><UserText text={nameOf(invite)} /></p>
                  <small class="muted row-detail">{t('admin.inviteTimes', { made: formatTime(invite.created_at), until: formatTime(invite.expires_at) })}</small>
                </div>
                <IconButton icon={Trash2} label={t('admin.inviteBackName', { note: visible(nameOf(invite)) })} onClick={() => void act(invite)} />
              </li>
            ))}
          </ul>
          <div>{make}</div>
        </>
      )}
      {making && <NewInviteDialog onMade={invites.reload} onClose={() => setMaking(false)} />}
    </section>
  );
}
