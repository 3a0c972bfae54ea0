// Somebody's files as a grid of which only what is in sight is in the document. Arrow keys, Home and End move the focus.
import { useEffect, useState } from 'preact/hooks';
import { type Selection } from '../../media/selection.ts';
import { type Pressed } from '../../media/tile.tsx';
import { columnsFor, keyMove, tileGap, tileHeight } from '../../media/tile_grid.ts';
import { VirtualGrid } from '../../ui/virtual.tsx';
import { focusTile } from './focus_tile.ts';
import { SharedTile } from './shared_tile.tsx';
import { type ShownItem } from './shared_viewer.tsx';

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
    const to = keyMove(event, items)?.to;
    if (to === undefined) return;
    event.preventDefault();
    setScrollTo({ index: to });
    focusTile(items[to]?.id);
  };
  return (
    <div class={selection.count.value > 0 ? 'selecting' : undefined} onKeyDown={onKeyDown}>
      <VirtualGrid<ShownItem> items={items} keyOf={({ id }) => id} label={label} columnsFor={columnsFor} rowHeight={tileHeight} gap={tileGap()}
        render={(item) => <SharedTile item={item} pictures={pictures} onOpen={open} selected={selection.has(item)} onSelect={select} />}
        onNearEnd={onNearEnd} scrollTo={scrollTo} />
    </div>
  );
}
