// The link of a mail that sets a new password.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { refreshSession, session } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { useFormFocus } from './focus.ts';
import { GateFrame } from './frame.tsx';
import { isWeak, NewPassword, passwordMistake } from './new_password.tsx';
import { Outcome } from './outcome.tsx';
import { Refused } from './refused.tsx';

function ResetForm({ token, onSet, onSpent }: { token: string; onSet: () => void; onSpent: () => void }) {
  const [password, setPassword] = useState('');
  const [mistake, setMistake] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const { form, toMistake } = useFormFocus();
  const wrong = (text: string) => {
    setMistake(text);
    toMistake();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const found = passwordMistake(password);
    if (found) return wrong(found);
    setBusy(true);
    setMistake(undefined);
    setProblem(undefined);
    try {
      await call('post', '/api/password-resets/redeem', { body: { token, password }, proof: '' });
      await refreshSession().catch(() => undefined);  // it has ended if it was of this account
      onSet();
    } catch (reason) {
      const told = asProblem(reason);
      setBusy(false);
      if (told.status === 401) onSpent();
      else if (isWeak(told)) wrong(t('error.weak_password'));
      else setProblem(told);
    }
  };
  return (
    <form ref={form} class="card stack" onSubmit={submit} noValidate aria-label={t('reset.title')}>
      <p>{t('reset.text')}</p>
      {problem && <Refused problem={problem} />}
      <NewPassword label={t('reset.password')} value={password} onValue={setPassword} mistake={mistake} />
      <Button submit kind="primary" wide busy={busy}>{t('reset.set')}</Button>
    </form>
  );
}

export function ResetPassword({ token, onDone, onSpent }: { token: string; onDone: () => void; onSpent: () => void }) {
  const [set, setSet] = useState(false);
  return (
    <GateFrame title={t('reset.title')}>
      {set ? (
        <Outcome kind="ok" title={t('reset.done')}>
          <p>{t('reset.doneText')}</p>
          <Button kind="primary" wide onClick={onDone}>{t(session.value ? 'entry.goOn' : 'logIn.submit')}</Button>
        </Outcome>
      ) : <ResetForm token={token} onSet={() => setSet(true)} onSpent={onSpent} />}
    </GateFrame>
  );
}
