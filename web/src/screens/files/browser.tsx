// The grid or list itself: only what is in sight is in the document. Arrow keys, Home and End move the focus; with Shift
// they select on the way.
import { useEffect, useRef } from 'preact/hooks';
import { type Asset } from '../../api/types.ts';
import { formatMonth } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { monthOf } from '../../media/photo_time.ts';
import { SectionGrid } from '../../media/section_grid.tsx';
import { columnsFor, keyMove, rem, tileGap, tileHeight } from '../../media/tile_grid.ts';
import { VirtualGrid } from '../../ui/virtual.tsx';
import { Entry } from './entry.tsx';
import { type FilesModel } from './model.ts';

const kRow = 3.5;       // rem

// Tells the list which items are in sight, after they were drawn.
function useSight(model: FilesModel) {
  const seen = useRef({ from: Infinity, to: -1 });
  const scheduled = useRef(false);
  return (index: number) => {
    const { current } = seen;
    current.from = Math.min(current.from, index);
    current.to = Math.max(current.to, index);
    if (scheduled.current) return;
    scheduled.current = true;
    requestAnimationFrame(() => {
      scheduled.current = false;
      const { from, to } = seen.current;
      seen.current = { from: Infinity, to: -1 };
      model.list.look(from, to);
    });
  };
}

export function Browser({ model }: { model: FilesModel }) {
  const { list, selection } = model;
  const items = list.items.value;
  const isGrid = model.view.value === 'grid';
  const byMonth = isGrid && model.isByTime;
  const note = useSight(model);
  useEffect(() => selection.follow(items), [items]);

  const onKeyDown = (event: KeyboardEvent) => {
    const move = keyMove(event, items, byMonth ? monthOf : undefined);
    const from = move && items[move.from];
    const target = move && items[move.to];
    if (!from || !target) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (selection.count.value === 0) selection.startAt(from);
      selection.reach(items, target);
    }
    model.focusOn(move.to);
  };

  const common = {
    items,
    keyOf: ({ id }: Asset) => id,
    render: (item: Asset, index: number) => { note(index); return <Entry model={model} item={item} />; },
    onNearEnd: () => list.more(),
    scrollTo: model.scrollTo.value,
  };
  return (
    <div class={`browser ${isGrid ? 'as-grid' : 'as-list'}${selection.count.value > 0 ? ' selecting' : ''}`} onKeyDown={onKeyDown}>
      {!isGrid && (
        <div class="file-row file-row-head" aria-hidden="true">
          <span /><span>{t('files.column.name')}</span><span class="file-row-shared">{t('files.column.shared')}</span>
          <span class="file-row-size">{t('files.column.size')}</span><span class="file-row-date">{t(model.isByTime ? 'photos.taken' : 'files.column.date')}</span>
        </div>
      )}
      {byMonth
        ? <SectionGrid<Asset> {...common} sectionOf={monthOf} headingOf={formatMonth} label={t('photos.list')} />
        : <VirtualGrid<Asset> key={model.view.value} {...common} label={t('files.list')} rowHeight={isGrid ? tileHeight : () => kRow * rem()}
            columnsFor={isGrid ? columnsFor : () => 1} gap={isGrid ? tileGap() : 0} />}
    </div>
  );
}
