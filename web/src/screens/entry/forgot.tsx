// A forgotten password: a link is mailed. Whether somebody has the address here, nobody learns.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { t } from '../../i18n/index.ts';
import { welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { UserText } from '../../ui/text.tsx';
import { Command } from './command.tsx';
import { useFormFocus } from './focus.ts';
import { GateFrame } from './frame.tsx';
import { NoMail } from './no_mail.tsx';
import { Outcome } from './outcome.tsx';
import { Refused } from './refused.tsx';
import { isEmail } from './rules.ts';

function AskForm({ email, onEmail, onAsked }: { email: string; onEmail: (email: string) => void; onAsked: () => void }) {
  const [mistake, setMistake] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const { form, toMistake } = useFormFocus();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const wrong = !isEmail(email);
    setMistake(wrong ? t('setUp.emailWrong') : undefined);
    if (wrong) return toMistake();
    setBusy(true);
    setProblem(undefined);
    try {
      await call('post', '/api/password-resets', { body: { email }, proof: '' });
      onAsked();
    } catch (reason) {
      setProblem(asProblem(reason));
      setBusy(false);
    }
  };
  return (
    <form ref={form} class="card stack" onSubmit={submit} noValidate aria-label={t('forgot.title')}>
      <p>{t('forgot.text')}</p>
      {problem && <Refused problem={problem} />}
      <TextField label={t('logIn.email')} type="email" name="email" autocomplete="username" required mistake={mistake} value={email} onValue={onEmail} />
      <Button submit kind="primary" wide busy={busy}>{t('forgot.ask')}</Button>
    </form>
  );
}

export function ForgotPassword({ note }: { note?: string | undefined }) {
  const [email, setEmail] = useState('');
  const [asked, setAsked] = useState(false);
  return (
    <GateFrame title={t('forgot.title')}>
      {note && !asked && <Notice kind="warn" title={note} role="alert" />}
      {asked ? (
        <Outcome kind="mail" title={t(welcome.value?.sends_mail ? 'mail.look' : 'mail.ask')}>
          <p>{t('forgot.asked')} <UserText text={email} class="entry-email" /></p>
          <p>{t('forgot.life')}</p>
          <NoMail />
          {welcome.value?.sends_mail && <p class="muted"><small>{t('forgot.nothing')}</small></p>}
          <Button wide onClick={() => setAsked(false)}>{t('forgot.again')}</Button>
        </Outcome>
      ) : <AskForm email={email} onEmail={setEmail} onAsked={() => setAsked(true)} />}
      <div class="stack tight muted gate-help">
        <p><small>{t('forgot.admin')}</small></p>
        <Command text="kithd user log-in-link EMAIL" />
      </div>
      <p class="entry-centre"><a href="#/">{t('entry.toLogIn')}</a></p>
    </GateFrame>
  );
}
