// What is in an album, in its order. Arrow keys, Home and End move the focus.
import { useEffect } from 'preact/hooks';
import { type Asset } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { columnsFor, keyMove, tileGap, tileHeight } from '../../media/tile_grid.ts';
import { VirtualGrid } from '../../ui/virtual.tsx';
import { AlbumEntry } from './album_entry.tsx';
import { type AlbumModel } from './album_model.ts';

export function AlbumGrid({ model }: { model: AlbumModel }) {
  const { list, selection } = model;
  const items = list.items.value;
  useEffect(() => selection.follow(items), [items]);
  const onKeyDown = (event: KeyboardEvent) => {
    const move = keyMove(event, items);
    const from = move && items[move.from];
    const to = move && items[move.to];
    if (!from || !to) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (selection.count.value === 0) selection.startAt(from);
      selection.reach(items, to);
    }
    model.focusOn(move.to);
  };
  return (
    <div class={`browser${selection.count.value > 0 ? ' selecting' : ''}`} onKeyDown={onKeyDown}>
      <VirtualGrid<Asset> items={items} keyOf={({ id }) => id} label={t('albums.inIt')} columnsFor={columnsFor} rowHeight={tileHeight} gap={tileGap()}
        render={(item) => <AlbumEntry model={model} item={item} />} onNearEnd={() => list.more()} scrollTo={model.scrollTo.value} />
    </div>
  );
}
