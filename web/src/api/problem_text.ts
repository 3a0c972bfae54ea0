import { t, tMaybe } from '../i18n/index.ts';
import { formatTime } from '../i18n/format.ts';
import { type Problem } from './problem.ts';

// What happened, in the page's language.
export function problemText(problem: Problem): string {
  const sentence = tMaybe(`error.${problem.code}`) ?? t('error.unknown');
  return problem.since ? `${sentence} (${formatTime(problem.since)})` : sentence;
}
