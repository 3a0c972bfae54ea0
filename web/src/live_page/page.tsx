// What a live link shows: the files that somebody sends, or why there are none.
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { type LiveVisit } from '../live/fetching.ts';
import { Frame } from '../outside/frame.tsx';
import { BrokenLink } from '../outside/problem_screen.tsx';
import { Loading } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { FilesScreen } from './files_screen.tsx';
import { ProblemScreen } from './problem_screen.tsx';

export function LivePage({ visit }: { visit: LiveVisit | undefined }) {
  useEffect(() => void visit?.read(), [visit]);
  if (!visit) return <BrokenLink text={t('livePage.broken')} />;
  const listing = visit.listing.value;
  const problem = visit.problem.value;
  if (problem && (!listing || problem.code === 'not_authentic')) return <ProblemScreen problem={problem} onRetry={() => visit.read()} />;
  if (!listing) return <Frame title={t('outside.loading')}><Loading /></Frame>;
  const { person, instance } = listing.from;
  const from = <p class="outside-from muted">{t('outside.server')} <UserText text={instance} /></p>;
  return (
    <Frame title={t('livePage.title', { person: visible(person), n: listing.files.length })} intro={from}>
      <FilesScreen key={listing.liveId} visit={visit} listing={listing} person={visible(person)} />
    </Frame>
  );
}
