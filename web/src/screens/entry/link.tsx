// A one-time link was opened. It is asked first: whoever was sent somebody else's link would otherwise go on in that
// one's account without noticing.
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { logIn, me, session } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { instanceName } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { GateFrame } from './frame.tsx';

export function LinkLogIn({ token, onDone, onSpent, onCancel }: {
  token: string; onDone: () => void; onSpent: () => void; onCancel?: (() => void) | undefined;
}) {
  const [problem, setProblem] = useState<Problem>();
  const use = async () => {
    setProblem(undefined);
    try {
      await logIn({ link: token });
      toast({ text: t('link.done', { who: visible(me().address) }) });
      onDone();
    } catch (reason) {
      const told = asProblem(reason);
      if (told.status === 401) onSpent();
      else setProblem(told);
    }
  };
  return (
    <GateFrame title={t('link.title')}>
      <div class="card stack">
        <p>{t('link.text', { name: visible(instanceName.value) })}</p>
        {session.value && <p>{t('link.other', { who: visible(session.value.user.address) })}</p>}
        {problem && <ProblemNotice problem={problem} />}
        <Button kind="primary" wide autofocus onClick={use}>{t('link.use')}</Button>
        {onCancel && <Button wide onClick={onCancel}>{t('action.cancel')}</Button>}
      </div>
    </GateFrame>
  );
}
