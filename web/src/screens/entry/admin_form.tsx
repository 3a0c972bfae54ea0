import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { setUp } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { useFormFocus } from './focus.ts';
import { isWeak, NewPassword, passwordMistake } from './new_password.tsx';
import { handleFrom, isEmail, isHandle, kMostHandle } from './rules.ts';

export function AdminForm({ token, onMade, onSpent }: { token: string; onMade: () => void; onSpent: () => void }) {
  const [firstName, setFirstName] = useState('');
  const [lastName, setLastName] = useState('');
  const [email, setEmail] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const { form, toMistake } = useFormFocus();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const handle = chosen ?? handleFrom(email);
  const mistakes = {
    email: isEmail(email) ? undefined : t('setUp.emailWrong'),
    handle: isHandle(handle) ? undefined : t('setUp.handleWrong'),
    password: isWeak(problem) ? t('error.weak_password') : passwordMistake(password),
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const wrong = mistakes.email ?? mistakes.handle ?? passwordMistake(password);
    if (wrong) toMistake();
    if (busy || wrong) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await setUp({ token, email, password, handle, first_name: firstName, last_name: lastName });
      onMade();
    } catch (reason) {
      const told = asProblem(reason);
      setBusy(false);
      if (told.status === 401) onSpent();
      else setProblem(told);
      if (isWeak(told)) toMistake();
    }
  };
  const address = `${handle || '…'}@${welcome.value?.domain ?? ''}`;
  return (
    <form ref={form} class="card stack" onSubmit={submit} noValidate aria-label={t('setUp.admin')}>
      <h2>{t('setUp.admin')}</h2>
      <p>{t('setUp.adminText')}</p>
      {problem && !isWeak(problem) && <ProblemNotice problem={problem} />}
      <div class="two-fields">
        <TextField label={t('setUp.firstName')} autocomplete="given-name" value={firstName} onValue={setFirstName} maxLength={100} />
        <TextField label={t('setUp.lastName')} autocomplete="family-name" value={lastName} onValue={setLastName} maxLength={100} />
      </div>
      <TextField label={t('setUp.email')} type="email" autocomplete="username" required hint={t('setUp.emailHint')}
        mistake={tried ? mistakes.email : undefined} value={email} onValue={setEmail} />
      <TextField label={t('setUp.handle')} required hint={t('setUp.handleHint', { address })} autocapitalize="none" spellcheck={false}
        autocomplete="off" mistake={tried ? mistakes.handle : undefined} value={handle} onValue={setChosen} maxLength={kMostHandle} />
      <NewPassword label={t('setUp.password')} mistake={tried ? mistakes.password : undefined} value={password} onValue={setPassword} />
      <Button submit kind="primary" wide busy={busy}>{t('setUp.make')}</Button>
    </form>
  );
}
