// The first start: the admin's account, then how the server is called, then whether others can reach it.
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { InstanceForm } from '../server/instance_form.tsx';
import { Reachability } from '../server/reachability.tsx';
import { useInstance } from '../server/use_instance.ts';
import { AdminForm } from './admin_form.tsx';
import { GateFrame } from './frame.tsx';
import { StepHeading } from './step_heading.tsx';

const kSteps = 3;

function ServerSteps({ step, onNext, onDone }: { step: number; onNext: () => void; onDone: () => void }) {
  const instance = useInstance();
  if (instance.problem) return <ProblemNotice problem={instance.problem} onRetry={instance.reload} />;
  if (!instance.data) return <Loading />;
  if (step === 2) {
    return (
      <div class="card stack">
        <StepHeading key={step}>{t('setUp.server')}</StepHeading>
        <p>{t('setUp.serverText')}</p>
        <InstanceForm instance={instance} save={t('setUp.next')} onSaved={onNext} />
        <Button kind="ghost" onClick={onNext}>{t('setUp.skip')}</Button>
      </div>
    );
  }
  return (
    <div class="card stack">
      <StepHeading key={step}>{t('setUp.reach')}</StepHeading>
      <Reachability instance={instance.data} />
      <p><small class="muted">{t('setUp.open')}</small></p>
      <Button kind="primary" wide onClick={onDone}>{t('setUp.done')}</Button>
    </div>
  );
}

export function SetUp({ token, onDone, onSpent }: { token: string; onDone: () => void; onSpent: () => void }) {
  const [step, setStep] = useState(1);
  return (
    <GateFrame title={t('setUp.title')} wide>
      <p class="gate-steps muted" aria-live="polite">{t('setUp.steps', { n: step, of: kSteps })}</p>
      {step === 1 ? <AdminForm token={token} onMade={() => setStep(2)} onSpent={onSpent} />
        : <ServerSteps step={step} onNext={() => setStep(3)} onDone={onDone} />}
    </GateFrame>
  );
}
