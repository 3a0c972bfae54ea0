// The files of a live link.
import { useEffect, useMemo } from 'preact/hooks';
import { FolderDown, X } from 'lucide-preact';
import { formatSize, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { type LiveFile, type LiveListing, type LiveVisit } from '../live/fetching.ts';
import { Facts } from '../outside/about.tsx';
import { useAskBeforeLeaving } from '../outside/leaving.ts';
import { isSlow } from '../sealed/primitives.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Fetches } from './fetches.ts';
import { LineRow } from './line_row.tsx';
import { useReading } from './reread.ts';
import { sentence } from './sentences.ts';
import { ShellHint } from './shell_hint.tsx';

// Bytes; undefined when that of one is not known.
function sizeOf(files: readonly LiveFile[]): number | undefined {
  return files.every(({ size }) => size !== null) ? files.reduce((sum, { size }) => sum + (size ?? 0), 0) : undefined;
}

function News({ visit, listing, fetches, person }: { visit: LiveVisit; listing: LiveListing; fetches: Fetches; person: string }) {
  const code = visit.problem.value?.code;
  const say = (key: 'changed' | 'complete' | 'ended' | 'offline' | 'away', kind: 'danger' | 'ok' | 'warn' = 'warn') => (
    <Notice kind={kind} role={kind === 'danger' ? 'alert' : 'status'} title={t(`livePage.${key}`, { person, n: listing.files.length })}>
      <p>{t(`livePage.${key}.text`, { person })}</p>
    </Notice>
  );
  if (fetches.forged.value) return say('changed', 'danger');
  if (fetches.complete.value) return say('complete', 'ok');
  if (code === 'not_found') return say('ended');
  if (code !== undefined) return say('offline');
  return listing.senderHere ? null : say('away');
}

function All({ fetches, person }: { fetches: Fetches; person: string }) {
  const n = fetches.fitting;
  const going = fetches.all.value;
  const text = fetches.complete.value ? t('livePage.all.again') : t(n === fetches.lines.length ? 'livePage.all' : 'livePage.all.some', { n });
  const problem = fetches.problem.value;
  return (
    <div class="stack tight">
      <Button wide kind={going || fetches.complete.value ? 'plain' : 'primary'} icon={going ? X : FolderDown}
        onClick={() => { if (going) fetches.cancelAll(); else void fetches.fetchAll(); }}>
        {going ? t('livePage.all.cancel') : text}
      </Button>
      <p class="outside-state failed" role="status">{problem && sentence(problem, person)}</p>
    </div>
  );
}

export function FilesScreen({ visit, listing, person }: { visit: LiveVisit; listing: LiveListing; person: string }) {
  const { files, expiresAt } = listing;
  const fetches = useMemo(() => new Fetches(visit, files), [visit, listing.liveId]);
  const ended = visit.problem.value?.code === 'not_found';
  const size = sizeOf(files);
  useReading(visit, fetches);
  useAskBeforeLeaving(fetches.busy.value);
  useEffect(() => {
    const leave = () => fetches.cancelAll();
    window.addEventListener('pagehide', leave);
    return () => window.removeEventListener('pagehide', leave);
  }, [fetches]);
  return (
    <section class="card stack">
      <h2>{size === undefined ? t('livePage.files', { n: files.length }) : t('outside.files', { n: files.length, size: formatSize(size) })}</h2>
      <News visit={visit} listing={listing} fetches={fetches} person={person} />
      {!ended && !fetches.complete.value && <p class="muted">{t('livePage.about', { person })} {isSlow() && t('livePage.slow')}</p>}
      {files.length > 1 && fetches.fitting > 0 && (!ended || fetches.all.value) && <All fetches={fetches} person={person} />}
      <ul class="outside-files">
        {fetches.lines.map((line) => <LineRow key={line.number} line={line} fetches={fetches} person={person} closed={ended} alone={files.length === 1} />)}
      </ul>
      {!ended && <Facts facts={[{ name: t('livePage.until'), value: t('livePage.untilTime', { time: formatTime(expiresAt), person }) }]} />}
      {!ended && <ShellHint />}
    </section>
  );
}
