// Long lists and grids: only what is visible is in the document, however many items there are. Scrolls with the window.
import { type ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useWindowRows } from './window_rows.ts';

interface VirtualProps<Item> {
  items: readonly Item[];
  keyOf: (item: Item) => string;
  render: (item: Item, index: number) => ComponentChildren;
  rowHeight: (width: number, columns: number) => number;   // pixels
  columnsFor?: (width: number) => number;                  // default: one, a list
  gap?: number;                                            // pixels
  label: string;
  onNearEnd?: () => void;                                  // more should be fetched
  scrollTo?: { index: number } | undefined;                // brings an item into view; a new object does it anew
}

export function VirtualGrid<Item>(props: VirtualProps<Item>) {
  const { items, keyOf, render, rowHeight, columnsFor = () => 1, gap = 0, label, onNearEnd, scrollTo } = props;
  const across = useRef(1);
  const { root, shown, total, margin, scrollToRow } = useWindowRows((width) => {
    const columns = Math.max(1, columnsFor(width));
    const height = rowHeight(width, columns);
    across.current = columns;
    return { count: Math.ceil(items.length / columns), heightOf: () => height, gap, shape: `${height} ${columns}` };
  }, onNearEnd);
  const columns = across.current;
  useEffect(() => {
    if (scrollTo) scrollToRow(Math.floor(scrollTo.index / columns));
  }, [scrollTo]);
  return (
    <div ref={root} role="list" aria-label={label} style={{ blockSize: `${total}px`, position: 'relative' }}>
      {shown.map((row) => (
        <div key={row.key} role="presentation" class="virtual-row" style={{
          position: 'absolute', insetInline: 0, insetBlockStart: 0, blockSize: `${row.size}px`, display: 'grid', gap: `${gap}px`,
          gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, transform: `translateY(${row.start - margin}px)`,
        }}>
          {items.slice(row.index * columns, (row.index + 1) * columns).map((item, at) => {
            const index = row.index * columns + at;
            return (
              <div key={keyOf(item)} role="listitem" aria-setsize={items.length} aria-posinset={index + 1}>{render(item, index)}</div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
