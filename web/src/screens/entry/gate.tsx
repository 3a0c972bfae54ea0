// Everything before the log-in: the form, links of mails and of admins, making an account, the first start.
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { session } from '../../api/session.ts';
import '../../styles/entry.css';
import { t } from '../../i18n/index.ts';
import { type Arrival } from '../../shell/arrival.ts';
import { lazy } from '../../shell/lazy.tsx';
import { toast } from '../../ui/toasts.tsx';
import { LinkLogIn } from './link.tsx';
import { LogIn } from './log_in.tsx';

const SetUp = lazy(async () => (await import('./set_up.tsx')).SetUp);
const Register = lazy(async () => (await import('./register.tsx')).Register);
const VerifyEmail = lazy(async () => (await import('./verify.tsx')).VerifyEmail);
const ForgotPassword = lazy(async () => (await import('./forgot.tsx')).ForgotPassword);
const ResetPassword = lazy(async () => (await import('./reset.tsx')).ResetPassword);

// `onDone` is called when the link that was opened needs no more attention. A screen begins anew with another link.
export function Gate({ arrival, ended, onDone }: { arrival: Arrival; ended: boolean; onDone: () => void }) {
  const [path, go] = useLocation();
  const [note, setNote] = useState<{ on: string; text: string }>();
  const noteHere = note?.on === path ? note.text : undefined;
  const spent = (text: string, on = '/') => {
    if (session.value) toast({ kind: 'danger', text });  // who stays logged in sees no log-in screen
    else setNote({ on, text });
    go(on, { replace: true });
    onDone();
  };
  if (arrival.setUpToken) return <SetUp key={arrival.setUpToken} token={arrival.setUpToken} onDone={onDone} onSpent={() => spent(t('setUp.spent'))} />;
  if (arrival.logInToken) {
    const cancel = session.value ? onDone : undefined;
    return <LinkLogIn key={arrival.logInToken} token={arrival.logInToken} onDone={onDone} onSpent={() => spent(t('link.spent'))} onCancel={cancel} />;
  }
  if (arrival.verifyToken) return <VerifyEmail key={arrival.verifyToken} token={arrival.verifyToken} onDone={onDone} />;
  if (arrival.resetToken) {
    const another = () => spent(t('reset.spent'), '/forgot-password');
    return <ResetPassword key={arrival.resetToken} token={arrival.resetToken} onDone={onDone} onSpent={another} />;
  }
  const invite = arrival.registrationInvite;
  if (invite || path === '/register') return <Register key={invite} invite={invite} onDone={onDone} />;
  if (path === '/forgot-password') return <ForgotPassword note={noteHere} />;
  return <LogIn ended={ended} note={noteHere} />;
}
