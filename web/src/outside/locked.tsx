// The password in front of an exchange.
import { useState } from 'preact/hooks';
import { asProblem } from '../api/problem.ts';
import { t } from '../i18n/index.ts';
import { PasswordField } from '../screens/entry/password_field.tsx';
import { Button } from '../ui/button.tsx';
import { passwordMistake } from './sentences.ts';
import { type Visit } from './visit.ts';

export function Locked({ visit, person }: { visit: Visit; person: string }) {
  const [password, setPassword] = useState('');
  const [mistake, setMistake] = useState<string>();
  const [busy, setBusy] = useState(false);
  const open = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      if (password === '') throw new Error();
      await visit.unlock(password);
      document.querySelector('h1')?.focus();   // this form goes away from under the focus
    } catch (reason) {
      setMistake(password === '' ? t('outside.password.empty') : passwordMistake(asProblem(reason)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="card stack" onSubmit={open} noValidate>
      <h2>{t('outside.password.title')}</h2>
      <p>{t('outside.password.text', { person })}</p>
      <PasswordField label={t('outside.password')} mistake={mistake} value={password} onValue={(value) => { setPassword(value); setMistake(undefined); }} />
      <div><Button submit kind="primary" busy={busy}>{t('outside.password.open')}</Button></div>
    </form>
  );
}
