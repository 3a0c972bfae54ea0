// The link of a mail that proves an e-mail address. Nothing happens before the button is pressed: mail scanners open links.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { refreshSession, session } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { instanceName, welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { visible } from '../../ui/text.tsx';
import { GateFrame } from './frame.tsx';
import { NoMail } from './no_mail.tsx';
import { Outcome } from './outcome.tsx';
import { Refused } from './refused.tsx';

type Ending = 'proven' | 'spent' | 'runOut' | 'taken';

const kEndings: Record<number, Ending> = { 401: 'spent', 409: 'taken', 410: 'runOut' };

function Ended({ how, onDone }: { how: Ending; onDone: () => void }) {
  const on = <Button kind="primary" wide onClick={onDone}>{t(session.value ? 'entry.goOn' : 'logIn.submit')}</Button>;
  if (how === 'proven') return <Outcome kind="ok" title={t('verify.proven')}><p>{t(session.value ? 'verify.provenHere' : 'verify.provenText')}</p>{on}</Outcome>;
  if (how === 'runOut') return <Outcome kind="mail" title={t('verify.runOut')}><p>{t('verify.runOutText')}</p><NoMail />{on}</Outcome>;
  if (how === 'taken') return <Outcome kind="danger" title={t('verify.taken')}><p>{t('verify.takenText')}</p>{on}</Outcome>;
  const again = !session.value && welcome.value?.registration === 'open';
  return (
    <Outcome kind="danger" title={t('verify.spent')}>
      <p>{t('verify.spentText')}</p>
      {on}
      {again && <p class="entry-centre"><a href="#/register" onClick={onDone}>{t('verify.registerAgain')}</a></p>}
    </Outcome>
  );
}

export function VerifyEmail({ token, onDone }: { token: string; onDone: () => void }) {
  const [ending, setEnding] = useState<Ending>();
  const [problem, setProblem] = useState<Problem>();
  const verify = async () => {
    setProblem(undefined);
    try {
      await call('post', '/api/users/verify-email', { body: { token }, proof: '' });
      await refreshSession().catch(() => undefined);  // where it was the new address of who is logged in
      setEnding('proven');
    } catch (reason) {
      const told = asProblem(reason);
      const how = kEndings[told.status];
      if (how) setEnding(how);
      else setProblem(told);
    }
  };
  return (
    <GateFrame title={t(ending ? 'verify.after' : 'verify.title')}>
      {ending ? <Ended how={ending} onDone={onDone} /> : (
        <div class="card stack">
          <p>{t('verify.text', { name: visible(instanceName.value) })}</p>
          {problem && <Refused problem={problem} />}
          <Button kind="primary" wide autofocus onClick={verify}>{t('verify.confirm')}</Button>
          <p class="muted"><small>{t('verify.notYou')}</small></p>
        </div>
      )}
    </GateFrame>
  );
}
