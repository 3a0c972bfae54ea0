// Older versions of a file: each can be downloaded, and made the newest again.
import { useCallback, useRef, useState } from 'preact/hooks';
import { Download, History } from 'lucide-preact';
import { call, hrefOf } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Asset, type Schema } from '../../api/types.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatDate, formatSize, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { saveByBrowser } from '../../media/save.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';

type Version = Schema<'Version'>;

function VersionRow({ version, onDownload, onRestore }: { version: Version; onDownload: () => void; onRestore: () => Promise<void> }) {
  const { number, current, kept_until: until } = version;
  return (
    <li class="version">
      <div class="grow">
        <p class="version-name">{t('versions.number', { n: number })} {current && <span class="chip">{t('versions.current')}</span>}</p>
        <p class="muted">
          <time dateTime={version.created_at}>{formatTime(version.created_at)}</time> · {formatSize(version.size)}
        </p>
        {until && <p class="muted">{t('versions.keptUntil', { date: formatDate(until) })}</p>}
      </div>
      <div class="row">
        <Button small icon={Download} label={t('versions.downloadOf', { n: number })} onClick={onDownload}>{t('action.download')}</Button>
        {!current && (
          <Button small icon={History} label={t('versions.restoreOf', { n: number })} onClick={onRestore}>{t('versions.restore')}</Button>
        )}
      </div>
    </li>
  );
}

const kPage = 50;
const kMost = 500;   // what the daemon gives at once

// The pages of versions one has asked for.
function useVersions(id: string) {
  const [limit, setLimit] = useState(kPage);
  const load = useCallback((signal: AbortSignal) => call('get', '/api/assets/{id}/versions', { path: { id }, query: { limit }, signal }), [id, limit]);
  const resource = useResource(load, [load]);
  // While more are read, the ones that are there stay.
  const last = useRef(resource.data);
  if (resource.data) last.current = resource.data;
  const more = last.current?.next && limit < kMost ? () => setLimit(Math.min(kMost, limit + kPage)) : undefined;
  return { items: last.current?.items, more, problem: resource.problem, reload: resource.reload };
}

export function VersionsDialog({ item, onClose, onRestored }: { item: Asset; onClose: () => void; onRestored: (item: Asset) => void }) {
  const { items, more, problem, reload } = useVersions(item.id);
  useEvent('assets', () => void reload());

  const download = (number: number) =>
    saveByBrowser(hrefOf('/api/assets/{id}/versions/{number}/content', { path: { id: item.id, number } }), item.name);
  const restore = async (number: number) => {
    try {
      onRestored(await call('post', '/api/assets/{id}/restore', { path: { id: item.id }, body: { version: number } }));
      toast({ text: t('versions.restored', { n: number, name: visible(item.name) }) });
    } catch (reason) {
      const why = asProblem(reason);
      toast({ kind: 'danger', text: why.status === 404 ? t('versions.gone', { n: number }) : problemText(why) });
    }
    await reload();
  };

  return (
    <Dialog wide title={t('versions.title')} onClose={onClose} actions={<Button onClick={onClose}>{t('action.close')}</Button>}>
      <p class="versions-of"><UserText text={item.name} /></p>
      <p class="muted">{t('versions.text')}</p>
      {problem && <ProblemNotice problem={problem} onRetry={() => void reload()} />}
      {!items && !problem && <Loading />}
      {items && (
        <ul class="versions" aria-label={t('versions.title')}>
          {items.map((version) => (
            <VersionRow key={version.number} version={version} onDownload={() => download(version.number)} onRestore={() => restore(version.number)} />
          ))}
        </ul>
      )}
      {items?.length === 1 && !problem && <p class="muted">{t('versions.none')}</p>}
      {more && <div><Button onClick={more}>{t('versions.more')}</Button></div>}
    </Dialog>
  );
}
