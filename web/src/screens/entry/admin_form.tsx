import { useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { setUp } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { PasswordField } from './password_field.tsx';

const kHandle = /^[a-z0-9](?:[a-z0-9._-]{1,30})[a-z0-9]$/;
const kEmail = /^[^\s@]+@[^\s@]+$/;
const kShortest = 12;  // characters of a password

// What the daemon would make of the address.
function handleFrom(email: string): string {
  return (email.split('@')[0] ?? '').toLowerCase().replace(/[^a-z0-9._-]/g, '').slice(0, 32);
}

export function AdminForm({ token, onMade, onSpent }: { token: string; onMade: () => void; onSpent: () => void }) {
  const [firstName, setFirstName] = useState('');
  const [lastName, setLastName] = useState('');
  const [email, setEmail] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [password, setPassword] = useState('');
  const [tries, setTries] = useState(0);
  const tried = tries > 0;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [tries]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const handle = chosen ?? handleFrom(email);
  const missing = kShortest - [...password].length;
  const mistakes = {
    email: kEmail.test(email) ? undefined : t('setUp.emailWrong'),
    handle: kHandle.test(handle) ? undefined : t('setUp.handleWrong'),
    password: missing > 0 ? t('setUp.passwordShort', { n: missing }) : undefined,
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTries(tries + 1);
    if (busy || mistakes.email || mistakes.handle || mistakes.password) return;
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
    }
  };
  const address = `${handle || '…'}@${welcome.value?.domain ?? ''}`;
  return (
    <form ref={form} class="card stack" onSubmit={submit} noValidate aria-label={t('setUp.admin')}>
      <h2>{t('setUp.admin')}</h2>
      <p>{t('setUp.adminText')}</p>
      {problem && <ProblemNotice problem={problem} />}
      <div class="two-fields">
        <TextField label={t('setUp.firstName')} autocomplete="given-name" value={firstName} onValue={setFirstName} maxLength={100} autofocus />
        <TextField label={t('setUp.lastName')} autocomplete="family-name" value={lastName} onValue={setLastName} maxLength={100} />
      </div>
      <TextField label={t('setUp.email')} type="email" autocomplete="username" required hint={t('setUp.emailHint')}
        mistake={tried ? mistakes.email : undefined} value={email} onValue={setEmail} />
      <TextField label={t('setUp.handle')} required hint={t('setUp.handleHint', { address })} autocapitalize="none" spellcheck={false}
        autocomplete="off" mistake={tried ? mistakes.handle : undefined} value={handle} onValue={setChosen} maxLength={32} />
      <PasswordField label={t('setUp.password')} fresh hint={t('setUp.passwordHint')} mistake={tried ? mistakes.password : undefined}
        value={password} onValue={setPassword} />
      <Button submit kind="primary" wide busy={busy}>{t('setUp.make')}</Button>
    </form>
  );
}
