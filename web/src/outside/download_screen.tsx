// Fetching files.
import { useEffect, useMemo } from 'preact/hooks';
import { FolderDown, Inbox } from 'lucide-preact';
import { formatIn, formatSize, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { isSlow } from '../sealed/primitives.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState, Notice } from '../ui/notice.tsx';
import { Loading } from '../ui/progress.tsx';
import { useMinute } from '../ui/use_minute.ts';
import { type Fact, Facts } from './about.tsx';
import { type Info } from './calls.ts';
import { Downloads } from './downloads.ts';
import { useAskBeforeLeaving } from './leaving.ts';
import { OfferRow } from './offer_row.tsx';
import { useReading } from './reread.ts';
import { sentence } from './sentences.ts';
import { type Visit } from './visit.ts';

function factsOf(info: Info): Fact[] {
  const seconds = (Date.parse(info.expires_at) - Date.now()) / 1000;
  const facts = [{ name: t('outside.until'), value: `${formatTime(info.expires_at)} (${formatIn(Math.max(0, seconds))})` }];
  const left = info.downloads_left;
  const n = info.files?.length ?? 0;
  if (left !== null) facts.push({ name: t('outside.left'), value: t(n > 1 ? 'outside.left.each' : 'outside.left.one', { n: left }) });
  return facts;
}

function Archive({ visit, info, downloads }: { visit: Visit; info: Info; downloads: Downloads }) {
  const state = downloads.archive.value;
  return (
    <div class="stack tight">
      <Button wide kind="primary" icon={FolderDown} onClick={() => downloads.fetchArchive(visit)}>
        {t('outside.all', { n: info.files?.length ?? 0, size: formatSize(info.size ?? 0) })}
      </Button>
      <p class={`outside-state ${state.kind}`} role="status">
        {state.kind === 'failed' ? sentence(state.problem) : state.kind === 'begun' ? t('outside.begun') : ''}
      </p>
    </div>
  );
}

function NotYet({ person }: { person: string }) {
  return (
    <section class="card">
      <EmptyState icon={Inbox} title={t('outside.notYet.title')}>{t('outside.notYet.text', { person })}</EmptyState>
    </section>
  );
}

export function DownloadScreen({ visit, info, person }: { visit: Visit; info: Info; person: string }) {
  useMinute();
  const downloads = useMemo(() => new Downloads(visit.link.key), [visit]);
  const files = info.files ?? [];
  useEffect(() => void downloads.show(files), [downloads, info]);
  const offers = downloads.offers.value;
  useReading(visit, downloads);
  useAskBeforeLeaving(downloads.busy);
  if (files.length === 0) return <NotYet person={person} />;
  if (!offers) return <Loading text={t('outside.opening')} />;
  if (downloads.wrongKey.value) return <Notice kind="danger" role="alert" title={t('outside.wrongKey')}><p>{t('outside.wrongKey.text', { person })}</p></Notice>;
  const ended = visit.problem.value?.code === 'gone';
  return (
    <section class="card stack">
      <h2>{t('outside.files', { n: offers.length, size: formatSize(offers.reduce((sum, { size }) => sum + size, 0)) })}</h2>
      {ended && <Notice kind="warn" role="status" title={t('outside.endedNow')} />}
      {info.encrypted && <p class="muted">{t('outside.sealed')} {isSlow() && t('outside.slow')}</p>}
      {offers.length > 1 && !info.encrypted && !ended && <Archive visit={visit} info={info} downloads={downloads} />}
      <ul class="outside-files">{offers.map((one) => <OfferRow key={one.file.number} one={one} visit={visit} closed={ended} alone={offers.length === 1} />)}</ul>
      {!ended && <Facts facts={factsOf(info)} />}
    </section>
  );
}
