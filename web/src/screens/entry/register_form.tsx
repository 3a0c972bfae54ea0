// Who somebody is who makes an account. The check that stands in the place of a CAPTCHA goes on while they type.
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { language, t } from '../../i18n/index.ts';
import { welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { type Admission } from './admission.ts';
import { Check } from './check.tsx';
import { useFormFocus } from './focus.ts';
import { isWeak, NewPassword, passwordMistake } from './new_password.tsx';
import { Refused } from './refused.tsx';
import { handleFrom, isEmail, isHandle, kMostHandle } from './rules.ts';

export const emptyPerson = { firstName: '', lastName: '', email: '', password: '', organization: '', handle: undefined as string | undefined };
export type Person = typeof emptyPerson;
type Mistakes = { [Field in 'email' | 'password' | 'handle']?: string | undefined };

// A short name that was not touched is left to the daemon, which finds a free one.
const wished = ({ handle }: Person) => handle?.trim() || undefined;

function mistakesOf(person: Person): Mistakes {
  const handle = wished(person);
  return {
    email: isEmail(person.email.trim()) ? undefined : t('setUp.emailWrong'),
    password: passwordMistake(person.password),
    handle: handle === undefined || isHandle(handle) ? undefined : t('setUp.handleWrong'),
  };
}

async function makeUser(person: Person, admission: Admission): Promise<void> {
  const [handle, organization] = [wished(person), person.organization.trim()];
  const body = {
    email: person.email.trim(), password: person.password, first_name: person.firstName.trim(), last_name: person.lastName.trim(),
    language: language(), ...(handle ? { handle } : {}), ...(organization ? { organization } : {}),
  };
  const send = async () => call('post', '/api/users', { body, proof: await admission.token() });
  try {
    await send();
  } catch (reason) {
    if (asProblem(reason).status !== 401) throw reason;
    admission.drop();  // it has run out, or the daemon started anew
    await send();
  }
}

export function RegisterForm({ person, onPerson, admission, onMade }: {
  person: Person; onPerson: (person: Person) => void; admission: Admission; onMade: () => void;
}) {
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const { form, toMistake } = useFormFocus();
  useEffect(() => admission.begin(), [admission]);
  const point = (found: Mistakes) => {
    setMistakes(found);
    const any = Object.values(found).some(Boolean);
    if (any) toMistake();
    return any;
  };
  const refused = (told: Problem) => {
    const stand = admission.stand.peek();
    if (stand.step === 'failed' && stand.problem === told) return;  // the check tells it
    if (isWeak(told)) point({ password: t('error.weak_password') });
    else if (told.code === 'conflict') point({ handle: t('register.handleTaken') });
    else setProblem(told);
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || point(mistakesOf(person))) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await makeUser(person, admission);
      onMade();
    } catch (reason) {
      refused(asProblem(reason));
      setBusy(false);
    }
  };
  const set = (change: Partial<Person>) => {
    onPerson({ ...person, ...change });
    admission.begin();
  };
  const handle = person.handle ?? handleFrom(person.email);
  const address = `${handle || '…'}@${welcome.value?.domain ?? ''}`;
  return (
    <form ref={form} class="card stack" onSubmit={submit} noValidate aria-label={t('register.form')}>
      {problem && <Refused problem={problem} />}
      <div class="two-fields">
        <TextField label={t('setUp.firstName')} autocomplete="given-name" maxLength={100} value={person.firstName} onValue={(firstName) => set({ firstName })} />
        <TextField label={t('setUp.lastName')} autocomplete="family-name" maxLength={100} value={person.lastName} onValue={(lastName) => set({ lastName })} />
      </div>
      <TextField label={t('setUp.email')} type="email" autocomplete="username" required hint={t('register.emailHint')} mistake={mistakes.email}
        value={person.email} onValue={(email) => set({ email })} />
      <NewPassword label={t('setUp.password')} mistake={mistakes.password} value={person.password} onValue={(password) => set({ password })} />
      <TextField label={t('register.handle')} hint={t(wished(person) ? 'register.handleHint' : 'register.handleSuggested', { address })} autocapitalize="none" spellcheck={false} autocomplete="off"
        maxLength={kMostHandle} mistake={mistakes.handle} value={handle} onValue={(text) => set({ handle: text.toLowerCase() })} />
      <details open={person.organization !== ''}>
        <summary>{t('register.more')}</summary>
        <TextField label={t('register.organization')} autocomplete="organization" maxLength={100} value={person.organization}
          onValue={(organization) => set({ organization })} />
      </details>
      <Check admission={admission} waiting={busy} />
      <Button submit kind="primary" wide busy={busy}>{t('register.make')}</Button>
    </form>
  );
}
