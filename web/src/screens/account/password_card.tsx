// A new password. It logs out everywhere else.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { toast } from '../../ui/toasts.tsx';
import { isWeak, NewPassword, passwordMistake } from '../entry/new_password.tsx';
import { PasswordField } from '../entry/password_field.tsx';
import { AccountName } from './account_name.tsx';

function freshMistake(fresh: string, current: string, problem: Problem | undefined): string | undefined {
  if (fresh !== '' && fresh === current) return t('account.passwordSame');
  return passwordMistake(fresh) ?? (problem && isWeak(problem) ? problemText(problem) : undefined);
}

export function PasswordCard({ onChanged }: { onChanged: () => Promise<void> }) {
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [tries]);
  const isWrong = problem?.code === 'wrong_current_password';
  const currentMistake = !current ? t('account.passwordMissing') : isWrong ? problemText(problem) : undefined;
  const mistake = freshMistake(fresh, current, problem);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setProblem(undefined);
    if (!current || freshMistake(fresh, current, undefined)) return setTries(tries + 1);
    setBusy(true);
    try {
      await call('patch', '/api/users/me', { body: { current_password: current, password: fresh } });
      setCurrent('');
      setFresh('');
      setTries(0);
      toast({ text: t('account.passwordChanged') });
      await onChanged();
    } catch (reason) {
      setProblem(asProblem(reason));
      setTries(tries + 1);
    } finally {
      setBusy(false);
    }
  };
  const tried = tries > 0;
  const shownElsewhere = isWrong || isWeak(problem);
  return (
    <section class="card stack" aria-labelledby="account-password">
      <h2 id="account-password">{t('account.password')}</h2>
      <p class="muted">{t('account.passwordText')}</p>
      <form ref={form} class="stack" onSubmit={submit} noValidate aria-labelledby="account-password">
        <AccountName />
        <PasswordField label={t('account.currentPassword')} value={current} onValue={setCurrent} mistake={tried ? currentMistake : undefined} />
        <NewPassword label={t('account.newPassword')} value={fresh} onValue={setFresh} mistake={tried ? mistake : undefined} />
        {problem && !shownElsewhere && <ProblemNotice problem={problem} />}
        <div><Button submit kind="primary" busy={busy}>{t('account.passwordSave')}</Button></div>
      </form>
    </section>
  );
}
