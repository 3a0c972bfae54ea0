// Where sharing worked with some and not with others: who has it, who has not, and why.
import { type Problem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { handleOf } from '../../data/address.ts';
import { t } from '../../i18n/index.ts';
import { Notice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { someNames } from './effect.tsx';
import { type Shared } from './share_acts.ts';

// The last result for each person.
function lastOf(results: readonly Shared[]): Shared[] {
  return [...new Map(results.map((one) => [one.address, one])).values()];
}

function whyNot(problem: Problem): string {
  return problem.status === 404 ? t('shared.partly.gone') : problemText(problem);
}

export function PartlyShared({ results }: { results: readonly Shared[] }) {
  const last = lastOf(results);
  const failed = last.filter(({ problem }) => problem);
  const done = last.filter(({ problem }) => !problem).map(({ address }) => visible(handleOf(address)));
  if (failed.length === 0) return null;
  return (
    <Notice kind="danger" role="alert" title={t('shared.partly.failed')}>
      <ul class="stack tight">
        {failed.map(({ address, problem, shares }) => (
          <li key={address}>
            {problem && t('shared.partly.why', { who: visible(address), why: whyNot(problem) })}
            {shares.length > 0 && <> {t('shared.partly.some', { n: shares.length })}</>}
          </li>
        ))}
      </ul>
      {done.length > 0 && <p>{t('shared.partly.done', { who: someNames(done) })}</p>}
    </Notice>
  );
}
