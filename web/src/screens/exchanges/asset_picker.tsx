// Choosing among one's own files.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { type Asset } from '../../api/types.ts';
import { PagedList } from '../../data/paged_list.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Thumbnail } from '../../media/thumbnail.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText } from '../../ui/text.tsx';

const kPage = 50;
const kPause = 250;   // milliseconds without typing before it is searched

// Without an owner, all are one's own.
const isOwn = (item: object): item is Asset => 'shared_with' in item;

const listOf = (name: string) => new PagedList<Asset>(async (cursor, signal) => {
  const page = await call('get', '/api/assets', { query: { limit: kPage, ...(name && { name }), ...(cursor && { cursor }) }, signal });
  return { items: page.items.filter(isOwn), next: page.next };
}, ({ id }) => id);

function useSearched(typed: string): PagedList<Asset> {
  const [name, setName] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setName(typed.trim()), kPause);
    return () => clearTimeout(timer);
  }, [typed]);
  const list = useMemo(() => listOf(name), [name]);
  useEffect(() => {
    void list.more();
    return () => list.stop();
  }, [list]);
  return list;
}

function Row({ asset, checked, onChecked }: { asset: Asset; checked: boolean; onChecked: (checked: boolean) => void }) {
  return (
    <li>
      <label class="give-asset">
        <input type="checkbox" checked={checked} onChange={(event) => onChecked(event.currentTarget.checked)} />
        <span class="give-picture"><Thumbnail item={asset} /></span>
        <UserText class="grow truncate" text={asset.name} />
        <small class="muted nowrap">{formatSize(asset.size)}</small>
      </label>
    </li>
  );
}

interface AssetPickerProps {
  chosen: ReadonlyMap<string, Asset>;
  onChosen: (chosen: ReadonlyMap<string, Asset>) => void;
}

export function AssetPicker({ chosen, onChosen }: AssetPickerProps) {
  const [typed, setTyped] = useState('');
  const list = useSearched(typed);
  const items = list.items.value;
  const choose = (asset: Asset, checked: boolean) => {
    const next = new Map(chosen);
    if (checked) next.set(asset.id, asset);
    else next.delete(asset.id);
    onChosen(next);
  };
  return (
    <div class="stack tight">
      <TextField type="search" label={t('exchanges.own.search')} value={typed} onValue={setTyped} />
      {list.problem.value && <ProblemNotice problem={list.problem.value} onRetry={() => list.more()} />}
      {!list.started.value && list.loading.value && <Loading />}
      {items.length > 0 && (
        <ul class="give-assets list" aria-label={t('exchanges.own')}>
          {items.map((asset) => <Row key={asset.id} asset={asset} checked={chosen.has(asset.id)} onChecked={(checked) => choose(asset, checked)} />)}
          {!list.complete.value && <li class="give-more"><Button small onClick={() => list.more()}>{t('action.loadMore')}</Button></li>}
        </ul>
      )}
      {list.isEmpty.value && <p class="muted" role="status">{t(typed.trim() ? 'exchanges.own.noMatch' : 'exchanges.own.none')}</p>}
    </div>
  );
}
