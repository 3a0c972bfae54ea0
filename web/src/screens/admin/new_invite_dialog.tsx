// Makes an invite to register: for whom, how long; then its link, which is shown this once.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Schema } from '../../api/types.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';

type Made = Schema<'NewRegistrationInviteAnswer'>;

const kDay = 86_400;  // seconds
const kLife = ['1', '7', '30', '90'] as const;  // days

function Link({ made, onClose }: { made: Made; onClose: () => void }) {
  return (
    <div class="stack">
      <Notice kind="ok" role="status" title={t('admin.inviteMade')}><p>{t('admin.inviteMadeText', { until: formatTime(made.expires_at) })}</p></Notice>
      <code class="command">{made.link}</code>
      <div><CopyButton text={made.link} label={t('admin.inviteCopy')} small={false} kind="primary" /></div>
      <div class="form-foot"><Button onClick={onClose}>{t('account.done')}</Button></div>
    </div>
  );
}

export function NewInviteDialog({ onMade, onClose }: { onMade: () => Promise<void>; onClose: () => void }) {
  const [note, setNote] = useState('');
  const [days, setDays] = useState<(typeof kLife)[number]>('7');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [made, setMade] = useState<Made>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      setMade(await call('post', '/api/admin/registration-invites', { body: { note: note.trim(), expires_in: Number(days) * kDay } }));
      void onMade();
    } catch (reason) {
      setProblem(asProblem(reason));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('admin.inviteNew')} onClose={onClose}>
      {made ? <Link made={made} onClose={onClose} /> : (
        <form class="stack" onSubmit={submit} noValidate aria-label={t('admin.inviteNew')}>
          <TextField label={t('admin.inviteNote')} hint={t('admin.inviteNoteHint')} value={note} onValue={setNote} maxLength={60} autofocus autocomplete="off" />
          <SelectField label={t('admin.inviteLife')} value={days} onValue={setDays}
            options={kLife.map((value) => ({ value, text: t('people.invite.days', { n: Number(value) }) }))} />
          {problem && <ProblemNotice problem={problem} />}
          <div class="form-foot">
            <Button onClick={onClose}>{t('action.cancel')}</Button>
            <Button submit kind="primary" busy={busy}>{t('admin.inviteMake')}</Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
