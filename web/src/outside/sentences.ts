// What went wrong, for somebody who has a link and no account.
import { type Problem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { formatIn } from '../i18n/format.ts';
import { t, tMaybe } from '../i18n/index.ts';

export function sentence(problem: Problem): string {
  return tMaybe(`outside.error.${problem.code}`) ?? problemText(problem);
}

export function passwordMistake(problem: Problem): string {
  const wait = problem.code === 'too_many_requests' ? problem.retryAfter : undefined;
  return wait === undefined ? sentence(problem) : `${sentence(problem)} ${t('problem.retryIn', { when: formatIn(wait) })}`;
}
