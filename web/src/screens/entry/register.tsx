// Making an account: the form, then "look into your mail".
import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { session } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { instanceName, welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { Admission } from './admission.ts';
import { GateFrame } from './frame.tsx';
import { NoMail } from './no_mail.tsx';
import { Outcome } from './outcome.tsx';
import { emptyPerson, type Person } from './person.ts';
import { RegisterForm } from './register_form.tsx';

const admissionBy = (invite: string | undefined) => new Admission({
  challenge: () => call('get', '/api/challenge'),
  token: (altcha) => call('post', '/api/registration-tokens', { body: { altcha, ...(invite ? { invite } : {}) }, proof: '' }),
});

function NotOpen({ registration }: { registration: 'invite' | 'closed' }) {
  return (
    <div class="card stack">
      <h2>{t(registration === 'invite' ? 'register.needsInvite' : 'register.closed')}</h2>
      <p>{t(registration === 'invite' ? 'register.needsInviteHelp' : 'register.closedHelp')}</p>
    </div>
  );
}

function Refusal({ invited }: { invited: boolean }) {
  return (
    <Outcome kind="danger" title={t(invited ? 'register.inviteDead' : 'register.closed')}>
      <p>{t(invited ? 'register.inviteSpent' : 'error.registration_closed')}</p>
    </Outcome>
  );
}

function NothingCame() {
  return (
    <div>
      <h3>{t('register.nothing')}</h3>
      <ul class="help-list">
        <li>{t('register.nothingSpam')}</li>
        <li>{t('register.nothingAddress')}</li>
        <li>{t('register.nothingAdmin')}</li>
      </ul>
    </div>
  );
}

function LookIntoMail({ email, onAgain }: { email: string; onAgain: () => void }) {
  return (
    <Outcome kind="mail" title={t(welcome.value?.sends_mail ? 'mail.look' : 'mail.ask')}>
      <p>{t('register.sent')} <UserText text={email} class="entry-email" /></p>
      <p>{t('register.sentNext')}</p>
      <NoMail />
      {welcome.value?.sends_mail && <NothingCame />}
      <Button wide onClick={onAgain}>{t('register.again')}</Button>
    </Outcome>
  );
}

// The daemon takes neither this invite nor anybody without one.
function isRefused({ stand }: Admission): boolean {
  return stand.value.step === 'failed' && stand.value.problem.code === 'registration_closed';
}

// `invite`: the token of a link by an admin. `onDone` is called when it needs no more attention.
export function Register({ invite, onDone }: { invite?: string | undefined; onDone: () => void }) {
  const [person, setPerson] = useState<Person>(emptyPerson);
  const [sent, setSent] = useState(false);
  const [admission] = useState(() => admissionBy(invite));
  useEffect(() => () => admission.stop(), [admission]);
  const again = () => {
    setPerson({ ...person, password: '' });
    setSent(false);
  };
  const made = () => {
    admission.drop();
    setSent(true);
  };
  const refused = useComputed(() => isRefused(admission)).value;
  const registration = welcome.value?.registration ?? 'open';
  const open = registration === 'open' || (registration === 'invite' && invite !== undefined);
  const other = session.value?.user.address;
  const form = (
    <>
      {other && <Notice title={t('link.other', { who: visible(other) })} />}
      <RegisterForm person={person} onPerson={setPerson} admission={admission} onMade={made} />
    </>
  );
  return (
    <GateFrame title={t('register.title', { name: visible(instanceName.value) })} wide={open && !sent && !refused}>
      {!open ? <NotOpen registration={registration === 'invite' ? 'invite' : 'closed'} />
        : refused ? <Refusal invited={invite !== undefined} />
        : sent ? <LookIntoMail email={person.email} onAgain={again} /> : form}
      <p class="entry-centre"><a href={other ? '#/files' : '#/'} onClick={onDone}>{t(!other ? 'entry.toLogIn' : sent ? 'entry.goOn' : 'action.cancel')}</a></p>
    </GateFrame>
  );
}
