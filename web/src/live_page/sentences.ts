// What went wrong with a file, for somebody who has a link and no account.
import { type Problem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { formatSize } from '../i18n/format.ts';
import { tMaybe } from '../i18n/index.ts';
import { kMostInMemory } from '../outside/saving.ts';

export function sentence(problem: Problem, person: string): string {
  return tMaybe(`livePage.error.${problem.code}`, { person, size: formatSize(kMostInMemory) }) ?? problemText(problem);
}
