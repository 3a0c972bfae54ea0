// A long list of rows, of which only what is in sight is in the document.
import { type ComponentChildren } from 'preact';
import { rem } from '../../media/tile_grid.ts';
import { VirtualGrid } from '../../ui/virtual.tsx';

const kNarrow = 34;     // rem; below that the buttons stand under the text
const kRow = 4;         // rem
const kNarrowRow = 6.75;

interface ShareListProps<Item> {
  items: readonly Item[];
  keyOf: (item: Item) => string;
  render: (item: Item) => ComponentChildren;
  label: string;
}

export function ShareList<Item>({ items, keyOf, render, label }: ShareListProps<Item>) {
  const height = (width: number) => (width < kNarrow * rem() ? kNarrowRow : kRow) * rem();
  return <div class="card flush share-list"><VirtualGrid<Item> items={items} keyOf={keyOf} render={render} rowHeight={height} label={label} /></div>;
}
