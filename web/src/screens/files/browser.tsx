// The grid or list itself: only what is in sight is in the document. Arrow keys, Home and End move the focus; with Shift
// they select on the way.
import { useEffect, useRef } from 'preact/hooks';
import { type Asset } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { VirtualGrid } from '../../ui/virtual.tsx';
import { Entry } from './entry.tsx';
import { type FilesModel } from './model.ts';

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const kTile = 9.5;      // rem, the least width
const kGap = 0.75;      // rem
const kName = 1.6;      // rem, the line beneath
const kRow = 3.5;       // rem

const columnsFor = (width: number) => Math.max(2, Math.floor((width / rem() + kGap) / (kTile + kGap)));
const tileHeight = (width: number, columns: number) => (width - (columns - 1) * kGap * rem()) / columns + kName * rem();

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
  const note = useSight(model);
  useEffect(() => selection.follow(items), [items]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    const id = event.target.closest<HTMLElement>('[data-id]')?.dataset['id'];
    const row = event.target.closest('.virtual-row');
    if (id === undefined || !row) return;
    const columns = getComputedStyle(row).gridTemplateColumns.split(' ').length;
    const at = items.findIndex((item) => item.id === id);
    const last = items.length - 1;
    // Below the last row there may be a shorter one: down goes to its end.
    const below = Math.floor(at / columns) < Math.floor(last / columns) ? Math.min(at + columns, last) : at;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: below, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const target = items[to];
    if (!target) return;
    const from = items[at];
    if (event.shiftKey && from) {
      if (selection.count.value === 0) selection.startAt(from);
      selection.reach(items, target);
    }
    model.focusOn(to);
  };

  return (
    <div class={`browser ${isGrid ? 'as-grid' : 'as-list'}${selection.count.value > 0 ? ' selecting' : ''}`} onKeyDown={onKeyDown}>
      {!isGrid && (
        <div class="file-row file-row-head" aria-hidden="true">
          <span /><span>{t('files.column.name')}</span><span class="file-row-shared">{t('files.column.shared')}</span>
          <span class="file-row-size">{t('files.column.size')}</span><span class="file-row-date">{t('files.column.date')}</span>
        </div>
      )}
      <VirtualGrid<Asset> key={model.view.value} items={items} keyOf={({ id }) => id} label={t('files.list')}
        render={(item, index) => { note(index); return <Entry model={model} item={item} />; }}
        rowHeight={isGrid ? tileHeight : () => kRow * rem()} columnsFor={isGrid ? columnsFor : () => 1} gap={isGrid ? kGap * rem() : 0}
        onNearEnd={() => list.more()} scrollTo={model.scrollTo.value} />
    </div>
  );
}
