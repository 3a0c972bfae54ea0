// Why an attempt was refused. Who has to wait sees for how long, counted down; it is read out once.
import { type Problem } from '../../api/problem.ts';
import { t } from '../../i18n/index.ts';
import { formatIn } from '../../i18n/format.ts';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { useCountdown } from './countdown.ts';

function Wait({ problem, seconds }: { problem: Problem; seconds: number }) {
  const left = useCountdown(seconds, problem);
  if (left === 0) return <Notice kind="ok" title={t('wait.over')} role="status" />;
  return (
    <Notice kind="warn">
      <p class="title" aria-hidden="true">{t('logIn.tooMany', { when: formatIn(left) })}</p>
      <p class="visually-hidden" role="alert">{t('logIn.tooMany', { when: formatIn(seconds) })}</p>
    </Notice>
  );
}

export function Refused({ problem }: { problem: Problem }) {
  if (problem.code !== 'too_many_requests') return <ProblemNotice problem={problem} />;
  if (problem.retryAfter === undefined) return <Notice kind="warn" title={t('logIn.tooMany', { when: 'unknown' })} role="alert" />;
  return <Wait problem={problem} seconds={problem.retryAfter} />;
}
