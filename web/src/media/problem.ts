// What to say when content does not come: whose server it is at matters more than the code.
import { type Problem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { formatTime } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { visible } from '../ui/text.tsx';
import { foreignOwner, type MediaItem } from './item.ts';

export function contentProblemText(item: MediaItem, problem: Problem): string {
  const owner = foreignOwner(item);
  const missing = problem.status === 404 || problem.status === 410;
  if (!owner) return missing ? t('media.gone') : problemText(problem);
  const server = visible(owner.slice(owner.lastIndexOf('@') + 1));
  if (missing) return t('media.withdrawn', { owner: visible(owner) });
  if (problem.code === 'peer_unreachable') {
    return problem.since ? t('media.peerDownSince', { server, since: formatTime(problem.since) }) : t('media.peerDown', { server });
  }
  return problemText(problem);
}
