// Logging in with e-mail address and password, and the ways to get there without an account or its password.
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { logIn } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { instanceName, welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { Command } from './command.tsx';
import { useFormFocus } from './focus.ts';
import { GateFrame } from './frame.tsx';
import { PasswordField } from './password_field.tsx';
import { Refused } from './refused.tsx';
import { SecondStep } from './second_step.tsx';

function Wrong() {
  return (
    <Notice kind="danger" title={t('logIn.wrong')} role="alert">
      {welcome.value?.registration !== 'closed' && <p>{t('logIn.unproven')}</p>}
    </Notice>
  );
}

function PasswordStep({ email, onEmail, problem: before, onRight }: {
  email: string; onEmail: (email: string) => void; problem: Problem | undefined; onRight: (password: string) => void;
}) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(before);
  const { form } = useFormFocus();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await logIn({ email, password });
    } catch (reason) {
      const told = asProblem(reason);
      if (told.code === 'second_factor_required') return onRight(password);
      setProblem(told);
      setBusy(false);
    }
  };
  return (
    <form ref={form} class="card stack" onSubmit={submit} aria-label={t('logIn.title')}>
      {problem && (problem.status === 401 ? <Wrong /> : <Refused problem={problem} />)}
      <TextField label={t('logIn.email')} type="email" name="email" autocomplete="username" required value={email} onValue={onEmail} />
      <PasswordField label={t('logIn.password')} value={password} onValue={setPassword} />
      <Button submit kind="primary" wide busy={busy}>{t('logIn.submit')}</Button>
      <p class="entry-centre"><a href="#/forgot-password">{t('logIn.forgot')}</a></p>
    </form>
  );
}

// Who may make an account here.
function NewHere() {
  const registration = welcome.value?.registration;
  if (registration === 'open') return <p class="entry-centre">{t('logIn.newHere')} <a href="#/register">{t('logIn.register')}</a></p>;
  return registration === 'invite' ? <p class="entry-centre muted"><small>{t('logIn.byInvite')}</small></p> : null;
}

// `ended`: somebody was logged in here a moment ago.
export function LogIn({ ended, note }: { ended: boolean; note?: string | undefined }) {
  const [email, setEmail] = useState('');
  const [right, setRight] = useState<string>();  // the password, once a code is asked for
  const [problem, setProblem] = useState<Problem>();
  const back = (why?: Problem) => {
    setProblem(why);
    setRight(undefined);
  };
  const { set_up_needed: noAdmin } = welcome.value ?? {};
  return (
    <GateFrame title={t('logIn.to', { name: visible(instanceName.value) })}>
      {note ? <Notice kind="warn" title={note} role="alert" /> : ended && right === undefined && <Notice title={t('logIn.ended')} role="status" />}
      {noAdmin && right === undefined && (
        <Notice title={t('logIn.noAdmin')}><p>{t('logIn.noAdminHelp')}</p><Command text="journalctl -u kithd | grep set-up" /></Notice>
      )}
      {right === undefined ? <PasswordStep email={email} onEmail={setEmail} problem={problem} onRight={setRight} />
        : <SecondStep email={email} password={right} onPassword={back} />}
      {right === undefined && !noAdmin && <NewHere />}
    </GateFrame>
  );
}
