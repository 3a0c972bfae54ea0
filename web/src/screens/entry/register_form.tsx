// Who somebody is who makes an account. The check that stands in the place of a CAPTCHA goes on while they type.
import { useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { t } from '../../i18n/index.ts';
import { welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { type Admission } from './admission.ts';
import { Check } from './check.tsx';
import { useFormFocus } from './focus.ts';
import { NewPassword } from './new_password.tsx';
import { makeUser, mistakeIn, type Mistakes, mistakesOf, type Person, wishedHandle } from './person.ts';
import { Refused } from './refused.tsx';
import { handleFrom, kMostHandle } from './rules.ts';

function HandleField({ person, mistake, onHandle }: { person: Person; mistake: string | undefined; onHandle: (handle: string) => void }) {
  const handle = person.handle ?? handleFrom(person.email);
  const address = `${handle || '…'}@${welcome.value?.domain ?? ''}`;
  const hint = t(wishedHandle(person) ? 'register.handleHint' : 'register.handleSuggested', { address });
  return (
    <TextField label={t('register.handle')} hint={hint} mistake={mistake} autocapitalize="none" spellcheck={false} autocomplete="off"
      maxLength={kMostHandle} value={handle} onValue={(text) => onHandle(text.toLowerCase())} />
  );
}

function Fields({ person, mistakes, set }: { person: Person; mistakes: Mistakes; set: (change: Partial<Person>) => void }) {
  return (
    <>
      <div class="two-fields">
        <TextField label={t('setUp.firstName')} autocomplete="given-name" mistake={mistakes.firstName} value={person.firstName}
          onValue={(firstName) => set({ firstName })} />
        <TextField label={t('setUp.lastName')} autocomplete="family-name" mistake={mistakes.lastName} value={person.lastName}
          onValue={(lastName) => set({ lastName })} />
      </div>
      <TextField label={t('setUp.email')} type="email" autocomplete="username" required hint={t('register.emailHint')} mistake={mistakes.email}
        value={person.email} onValue={(email) => set({ email })} />
      <NewPassword label={t('setUp.password')} mistake={mistakes.password} value={person.password} onValue={(password) => set({ password })} />
      <HandleField person={person} mistake={mistakes.handle} onHandle={(handle) => set({ handle })} />
      <details open={person.organization !== ''}>
        <summary>{t('register.more')}</summary>
        <TextField label={t('register.organization')} autocomplete="organization" mistake={mistakes.organization} value={person.organization}
          onValue={(organization) => set({ organization })} />
      </details>
    </>
  );
}

export function RegisterForm({ person, onPerson, admission, onMade }: {
  person: Person; onPerson: (person: Person) => void; admission: Admission; onMade: () => void;
}) {
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const { form, toMistake } = useFormFocus();
  useEffect(() => admission.begin(), [admission]);
  // True if there is any.
  const point = (found: Mistakes) => {
    setMistakes(found);
    const any = Object.values(found).some(Boolean);
    if (any) toMistake();
    return any;
  };
  const refused = (told: Problem) => {
    const stand = admission.stand.peek();
    if (stand.step === 'failed' && stand.problem === told) return;  // the check tells it
    const mistake = mistakeIn(told);
    if (mistake) point(mistake);
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
  return (
    <form ref={form} class="card stack" onSubmit={submit} noValidate aria-label={t('register.form')}>
      {problem && <Refused problem={problem} />}
      <Fields person={person} mistakes={mistakes} set={set} />
      <Check admission={admission} waiting={busy} />
      <Button submit kind="primary" wide busy={busy}>{t('register.make')}</Button>
    </form>
  );
}
