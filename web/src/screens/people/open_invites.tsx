// Invites that can still be used, each with what is left of it.
import { Trash2 } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Invite } from '../../api/types.ts';
import { type Resource } from '../../data/use_resource.ts';
import { t } from '../../i18n/index.ts';
import { formatTime } from '../../i18n/format.ts';
import { ask } from '../../ui/ask.tsx';
import { IconButton } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { toast } from '../../ui/toasts.tsx';

function Row({ invite, onDelete }: { invite: Invite; onDelete: () => void }) {
  const made = formatTime(invite.created_at);
  return (
    <li class="list-row">
      <div class="grow">
        <p>
          {t('people.invite.left', { left: invite.uses - invite.spent, uses: invite.uses })}
          {invite.reserved > 0 && ` · ${t('people.invite.reserved', { n: invite.reserved })}`}
        </p>
        <small class="muted">{t('people.invite.when', { made, until: formatTime(invite.expires_at) })}</small>
      </div>
      <IconButton icon={Trash2} label={t('people.invite.delete', { made })} onClick={onDelete} />
    </li>
  );
}

export function OpenInvites({ invites, onDeleted }: { invites: Resource<Invite[]>; onDeleted: (id: string) => void }) {
  const remove = async ({ id, created_at: at }: Invite) => {
    const sure = await ask({
      title: t('people.invite.deleteTitle'), text: t('people.invite.deleteText', { made: formatTime(at) }), yes: t('people.invite.deleteYes'), danger: true,
    });
    if (!sure) return;
    try {
      await call('delete', '/api/invites/{id}', { path: { id } });
      onDeleted(id);
    } catch (reason) {
      const problem = asProblem(reason);
      // Gone already is what was wanted.
      if (problem.status !== 404) toast({ text: problemText(problem), kind: 'danger' });
    }
    await invites.reload();
  };
  if (invites.problem) return <ProblemNotice problem={invites.problem} onRetry={invites.reload} />;
  if (!invites.data || invites.data.length === 0) return null;
  return (
    <section class="stack tight" aria-labelledby="people-invites">
      <h3 id="people-invites">{t('people.invite.open')}</h3>
      <ul class="card flush list">
        {invites.data.map((invite) => <Row key={invite.id} invite={invite} onDelete={() => void remove(invite)} />)}
      </ul>
    </section>
  );
}
