// Asks for the current password before something that matters is done, with whatever else has to be filled in above it.
import { type ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { PasswordField } from '../entry/password_field.tsx';
import { AccountName } from './account_name.tsx';

interface PasswordDialogProps {
  title: string;
  children: ComponentChildren;
  yes: string;                                  // says what will happen
  danger?: boolean;
  complete?: boolean;                           // false: what stands above is not, and says so once `onTried`
  onTried?: () => void;
  explain?: (problem: Problem) => string | undefined;  // what the daemon's refusal means here
  act: (currentPassword: string) => Promise<void>;     // throws a Problem
  onClose: () => void;
}

export function PasswordDialog(props: PasswordDialogProps) {
  const { title, children, yes, danger, complete = true, onTried, explain, act, onClose } = props;
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [tries, setTries] = useState(0);
  const [problem, setProblem] = useState<Problem>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid]');
    (wrong ?? form.current?.querySelector<HTMLElement>('input:not([hidden])'))?.focus();
  }, [tries]);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    onTried?.();
    if (!password || !complete) return setTries(tries + 1);
    setBusy(true);
    setProblem(undefined);
    try {
      await act(password);
    } catch (reason) {
      setProblem(asProblem(reason));
      setTries(tries + 1);
      setBusy(false);
    }
  };
  const isWrong = problem?.code === 'wrong_current_password';
  const mistake = isWrong ? problemText(problem) : tries > 0 && !password ? t('account.passwordMissing') : undefined;
  const explained = problem && explain?.(problem);
  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} class="stack" onSubmit={submit} noValidate aria-label={title}>
        {children}
        <AccountName />
        <PasswordField label={t('account.currentPassword')} mistake={mistake} value={password} onValue={setPassword} />
        {explained ? <Notice kind="danger" title={explained} role="alert" /> : problem && !isWrong && <ProblemNotice problem={problem} />}
        <div class="form-foot">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button submit kind={danger ? 'danger primary' : 'primary'} busy={busy}>{yes}</Button>
        </div>
      </form>
    </Dialog>
  );
}
