// What was deleted and can still be brought back.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ArrowLeft, Trash2, Undo2 } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type DeletedAsset } from '../../api/types.ts';
import { PagedList } from '../../data/paged_list.ts';
import { formatAgo, formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { KindIcon } from '../../media/thumbnail.tsx';
import { ScreenHead } from '../../shell/shell.tsx';
import '../../styles/media.css';
import { Button, LinkButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { useMinute } from '../../ui/use_minute.ts';

const kPage = 100;

// True: it is gone from the list.
async function bringBack(list: PagedList<DeletedAsset>, { id, name: text }: DeletedAsset): Promise<boolean> {
  const name = visible(text);
  try {
    await call('post', '/api/assets/{id}/undelete', { path: { id } });
    toast({ text: t('deleted.restored', { name }) });
  } catch (reason) {
    const problem = asProblem(reason);
    const why = problem.status === 409 ? t('deleted.taken', { name }) : problem.status === 404 ? t('deleted.tooLate', { name }) : problemText(problem);
    toast({ kind: 'danger', text: why });
    if (problem.status !== 404) return false;
  }
  list.remove(new Set([id]));
  return true;
}

function Row({ item, list, onGone }: { item: DeletedAsset; list: PagedList<DeletedAsset>; onGone: () => void }) {
  useMinute();
  const back = async () => { if (await bringBack(list, item)) onGone(); };
  const values = { size: formatSize(item.size), when: formatAgo(item.deleted_at), gone: formatAgo(item.gone_at) };
  return (
    <li class="list-row">
      <span class="kind-icon"><KindIcon item={item} /></span>
      <span class="grow">
        <UserText text={item.name} />
        <small class="muted row-detail">{t('deleted.row', values)}</small>
      </span>
      <Button small icon={Undo2} label={t('deleted.restoreName', { name: visible(item.name) })} onClick={back}>
        {t('deleted.restore')}
      </Button>
    </li>
  );
}

export function Deleted() {
  const [list] = useState(() => new PagedList<DeletedAsset>(
    (cursor, signal) => call('get', '/api/deleted-assets', { query: { limit: kPage, ...(cursor && { cursor }) }, signal }), ({ id }) => id));
  useEffect(() => {
    void list.restart();
    return () => list.stop();
  }, [list]);
  useEvent('assets', useCallback(() => void list.restart(), [list]));
  const items = list.items.value;
  const rows = useRef<HTMLUListElement>(null);
  // The button that was pressed goes with its row.
  const refocus = () => (rows.current ?? document.querySelector('main'))?.focus();
  return (
    <div class="stack column">
      <ScreenHead title={t('deleted.title')}>
        <LinkButton href="#/files" icon={ArrowLeft} kind="ghost">{t('deleted.back')}</LinkButton>
      </ScreenHead>
      {list.problem.value && <ProblemNotice problem={list.problem.value} onRetry={() => list.restart()} />}
      {list.isEmpty.value && <EmptyState icon={Trash2} title={t('deleted.empty')}>{t('deleted.emptyText')}</EmptyState>}
      {items.length === 0 && list.loading.value && <Loading />}
      {items.length > 0 && (
        <>
          <p class="muted">{t('deleted.text')}</p>
          <ul class="card flush list" ref={rows} tabIndex={-1} aria-label={t('deleted.title')}>
            {items.map((item) => <Row key={item.id} item={item} list={list} onGone={refocus} />)}
          </ul>
          {!list.complete.value && <Button busy={list.loading.value} onClick={() => list.more()}>{t('action.loadMore')}</Button>}
        </>
      )}
    </div>
  );
}
