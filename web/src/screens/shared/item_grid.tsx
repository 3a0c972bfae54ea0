// Somebody's files as a grid of which only what is in sight is in the document. Arrow keys, Home and End move the focus.
import { useEffect, useState } from 'preact/hooks';
import { type Pressed } from '../../media/tile.tsx';
import { VirtualGrid } from '../../ui/virtual.tsx';
import { type Selection } from '../files/selection.ts';
import { focusTile } from './focus_tile.ts';
import { SharedTile } from './shared_tile.tsx';
import { type ShownItem } from './shared_viewer.tsx';

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const kTile = 9.5;      // rem, the least width
const kGap = 0.75;      // rem
const kName = 1.6;      // rem, the line beneath

const columnsFor = (width: number) => Math.max(2, Math.floor((width / rem() + kGap) / (kTile + kGap)));
const tileHeight = (width: number, columns: number) => (width - (columns - 1) * kGap * rem()) / columns + kName * rem();

// Where a key leads from the item `at`.
function targetOf(key: string, at: number, columns: number, count: number): number | undefined {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: count - 1 }[key];
  return to !== undefined && to >= 0 && to < count ? to : undefined;
}

interface ItemGridProps {
  items: readonly ShownItem[];
  selection: Selection<ShownItem>;
  pictures: boolean;
  label: string;
  onOpen: (item: ShownItem) => void;
  onNearEnd: () => void;
}

export function ItemGrid({ items, selection, pictures, label, onOpen, onNearEnd }: ItemGridProps) {
  const [scrollTo, setScrollTo] = useState<{ index: number }>();
  useEffect(() => selection.follow(items), [items]);

  const open = (item: ShownItem, { shift, more, byKeyboard }: Pressed) => {
    // While one selects, a click selects more; Enter always opens.
    if (shift) return selection.reach(items, item);
    if (more || (selection.count.value > 0 && !byKeyboard)) return selection.toggle(item);
    selection.startAt(item);
    onOpen(item);
  };
  const select = (item: ShownItem, { shift }: Pressed) => (shift ? selection.reach(items, item) : selection.toggle(item));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    const id = event.target.closest<HTMLElement>('[data-id]')?.dataset['id'];
    const row = event.target.closest('.virtual-row');
    if (id === undefined || !row) return;
    const columns = getComputedStyle(row).gridTemplateColumns.split(' ').length;
    const to = targetOf(event.key, items.findIndex((item) => item.id === id), columns, items.length);
    if (to === undefined) return;
    event.preventDefault();
    setScrollTo({ index: to });
    focusTile(items[to]?.id);
  };
  return (
    <div class={selection.count.value > 0 ? 'selecting' : undefined} onKeyDown={onKeyDown}>
      <VirtualGrid<ShownItem> items={items} keyOf={({ id }) => id} label={label} columnsFor={columnsFor} rowHeight={tileHeight} gap={kGap * rem()}
        render={(item) => <SharedTile item={item} pictures={pictures} onOpen={open} selected={selection.has(item)} onSelect={select} />}
        onNearEnd={onNearEnd} scrollTo={scrollTo} />
    </div>
  );
}
