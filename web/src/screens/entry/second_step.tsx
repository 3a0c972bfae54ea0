// The second step of a log-in: a code of the authenticator app, or one of the recovery codes.
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { logIn } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useFormFocus } from './focus.ts';
import { Refused } from './refused.tsx';

// As apps show and people copy it: "123 456".
const bare = (code: string) => code.replace(/\s/g, '');

// `onPassword`: the password is asked for again, because of this problem or because somebody wants to.
export function SecondStep({ email, password, onPassword }: {
  email: string; password: string; onPassword: (problem?: Problem) => void;
}) {
  const [code, setCode] = useState('');
  const [recovery, setRecovery] = useState(false);
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
    if (!bare(code)) return wrong(t('secondStep.empty'));
    setBusy(true);
    setProblem(undefined);
    setMistake(undefined);
    try {
      await logIn({ email, password, code: bare(code) });
    } catch (reason) {
      const told = asProblem(reason);
      setBusy(false);
      if (told.code === 'wrong_second_factor') {
        if (!recovery) setCode('');
        wrong(t(recovery ? 'secondStep.recoveryWrong' : 'error.wrong_second_factor'));
      } else if (told.status === 401) onPassword(told);
      else setProblem(told);
    }
  };
  const change = () => {
    setRecovery(!recovery);
    setMistake(undefined);
    setCode('');
    form.current?.querySelector('input')?.focus();
  };
  return (
    <form ref={form} class="card stack" onSubmit={submit} noValidate aria-label={t('secondStep.title')}>
      <h2>{t('secondStep.title')}</h2>
      <p>{t(recovery ? 'secondStep.recoveryText' : 'secondStep.text')}</p>
      {problem && <Refused problem={problem} />}
      <TextField label={t(recovery ? 'secondStep.recoveryCode' : 'secondStep.code')} mistake={mistake} class="input entry-code"
        autocomplete={recovery ? 'off' : 'one-time-code'} inputMode={recovery ? 'text' : 'numeric'} autocapitalize="none" spellcheck={false}
        maxLength={64} value={code} onValue={setCode} />
      <Button submit kind="primary" wide busy={busy}>{t('logIn.submit')}</Button>
      <div class="row wrap entry-other">
        <Button kind="ghost" small onClick={() => onPassword()}>{t('action.back')}</Button>
        <Button kind="ghost" small onClick={change}>{t(recovery ? 'secondStep.useCode' : 'secondStep.useRecovery')}</Button>
      </div>
    </form>
  );
}
