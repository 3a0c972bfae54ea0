// How the check in the place of a CAPTCHA goes.
import { CircleCheck } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { type Admission } from './admission.ts';
import { Refused } from './refused.tsx';

// `waiting`: the form was sent and waits for it.
export function Check({ admission, waiting }: { admission: Admission; waiting: boolean }) {
  const stand = admission.stand.value;
  if (stand.step === 'failed') {
    const retry = () => admission.token().then(() => undefined, () => undefined);
    return <div class="stack tight"><Refused problem={stand.problem} /><Button small onClick={retry}>{t('action.retry')}</Button></div>;
  }
  const passed = stand.step === 'ready';
  return (
    <div class="entry-check">
      <p class="row muted" role="status">
        {passed && <CircleCheck aria-hidden="true" size={16} />}
        <small>{t(passed ? 'register.checked' : waiting ? 'register.checkWaits' : 'register.checking')}</small>
      </p>
      {!passed && <ProgressBar part={stand.step === 'working' ? stand.part : 0} label={t('register.check')} />}
    </div>
  );
}
