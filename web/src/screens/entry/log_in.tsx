// Logging in with e-mail address and password.
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { logIn } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { formatIn } from '../../i18n/format.ts';
import { instanceName, welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { GateFrame } from './frame.tsx';
import { PasswordField } from './password_field.tsx';

function Refused({ problem }: { problem: Problem }) {
  if (problem.status === 401) return <Notice kind="danger" title={t('logIn.wrong')} role="alert" />;
  if (problem.code === 'too_many_requests') {
    const when = problem.retryAfter === undefined ? 'unknown' : formatIn(problem.retryAfter);
    return <Notice kind="warn" title={t('logIn.tooMany', { when })} role="alert" />;
  }
  return <ProblemNotice problem={problem} />;
}

function Command({ text }: { text: string }) {
  return <code class="command">{text}</code>;
}

// `ended`: somebody was logged in here a moment ago.
export function LogIn({ ended, note }: { ended: boolean; note?: string | undefined }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await logIn({ email, password });
    } catch (reason) {
      setProblem(asProblem(reason));
      setBusy(false);
    }
  };
  return (
    <GateFrame title={t('logIn.to', { name: visible(instanceName.value) })}>
      {note ? <Notice kind="warn" title={note} role="alert" /> : ended && !problem && <Notice title={t('logIn.ended')} role="status" />}
      {welcome.value?.set_up_needed && (
        <Notice title={t('logIn.noAdmin')}><p>{t('logIn.noAdminHelp')}</p><Command text="journalctl -u kithd | grep set-up" /></Notice>
      )}
      <form class="card stack" onSubmit={submit} aria-label={t('logIn.title')}>
        {problem && <Refused problem={problem} />}
        <TextField label={t('logIn.email')} type="email" name="email" autocomplete="username" required autofocus
          value={email} onValue={setEmail} />
        <PasswordField label={t('logIn.password')} value={password} onValue={setPassword} />
        <Button submit kind="primary" wide busy={busy}>{t('logIn.submit')}</Button>
      </form>
      <div class="stack tight muted gate-help">
        <p><small>{t('logIn.lockedOut')}</small></p>
        <Command text="kithd user log-in-link EMAIL" />
      </div>
    </GateFrame>
  );
}
