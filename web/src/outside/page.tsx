// What an exchange's link shows: the screen for bringing or for fetching files, or why there is none.
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Loading } from '../ui/progress.tsx';
import { visible } from '../ui/text.tsx';
import { From, Note } from './about.tsx';
import { type Info } from './calls.ts';
import { DownloadScreen } from './download_screen.tsx';
import { Frame } from './frame.tsx';
import { Locked } from './locked.tsx';
import { BrokenLink, ProblemScreen } from './problem_screen.tsx';
import { UploadScreen } from './upload_screen.tsx';
import { type Visit } from './visit.ts';

function titleFor({ role, direction }: Info, person: string): string {
  if (role === 'download') return t('outside.title.download', { person });
  return t(direction === 'receive' ? 'outside.title.receive' : 'outside.title.fill', { person });
}

export function OutsidePage({ visit }: { visit: Visit | undefined }) {
  useEffect(() => void visit?.read(), [visit]);
  if (!visit) return <BrokenLink />;
  const info = visit.info.value;
  const problem = visit.problem.value;
  if (!info && problem) return <ProblemScreen problem={problem} onRetry={() => visit.read()} />;
  if (!info) return <Frame title={t('outside.loading')}><Loading /></Frame>;
  if (info.encrypted && !visit.link.key) return <BrokenLink text={t('outside.keyMissing')} />;
  const person = visible(info.from.person);
  const Screen = info.role === 'download' ? DownloadScreen : UploadScreen;
  return (
    <Frame title={titleFor(info, person)} intro={<From info={info} />}>
      <Note info={info} />
      {info.files === null ? <Locked visit={visit} person={person} /> : <Screen visit={visit} info={info} person={person} />}
    </Frame>
  );
}
