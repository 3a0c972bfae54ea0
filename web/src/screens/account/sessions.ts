// Ending log-ins.
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { loggedOut } from '../../api/session.ts';
import { type Schema } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { toast } from '../../ui/toasts.tsx';

export type Login = Schema<'Login'>;

// Gone already is what was wanted.
async function end({ id }: Login): Promise<void> {
  try {
    await call('delete', '/api/users/me/sessions/{id}', { path: { id } });
  } catch (reason) {
    if (asProblem(reason).status !== 404) throw reason;
  }
}

async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (reason) {
    toast({ text: problemText(asProblem(reason)), kind: 'danger' });
    return false;
  }
}

// Each asks first, and tells whether it was done.
export async function endOne(login: Login, name: string): Promise<boolean> {
  const sure = await ask({ title: t('account.sessionEndTitle'), text: t('account.sessionEndText', { name }), yes: t('account.sessionEnd'), danger: true });
  const done = sure && await attempt(() => end(login));
  if (done) toast({ text: t('account.sessionEnded') });
  return done;
}

export async function endOthers(logins: Login[]): Promise<boolean> {
  const others = logins.filter(({ current }) => !current);
  const values = { n: others.length };
  const sure = await ask({
    title: t('account.sessionsOthersTitle', values), text: t('account.sessionsOthersText'), yes: t('account.sessionsOthers'), danger: true,
  });
  const done = sure && await attempt(async () => { for (const one of others) await end(one); });
  if (done) toast({ text: t('account.sessionsEnded', values) });
  return done;
}

export async function endAll(): Promise<void> {
  const sure = await ask({ title: t('account.sessionsAllTitle'), text: t('account.sessionsAllText'), yes: t('account.sessionsAll'), danger: true });
  if (sure && await attempt(() => call('delete', '/api/tokens'))) loggedOut();
}
