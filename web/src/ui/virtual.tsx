// Long lists and grids: only what is visible is in the document, however many items there are. Scrolls with the window.
import { type ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll } from '@tanstack/virtual-core';

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

const kOverscan = 4;       // rows above and below the window
const kNearEnd = 8;        // rows left when more is fetched

export function VirtualGrid<Item>(props: VirtualProps<Item>) {
  const { items, keyOf, render, rowHeight, columnsFor = () => 1, gap = 0, label, onNearEnd, scrollTo } = props;
  const root = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [virtualizer] = useState(() => new Virtualizer<Window, HTMLElement>({
    count: 0,
    estimateSize: () => 1,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialOffset: () => window.scrollY,
  }));

  const columns = Math.max(1, columnsFor(width));
  const rows = Math.ceil(items.length / columns);
  const height = rowHeight(width, columns);
  virtualizer.setOptions({
    ...virtualizer.options,
    count: rows,
    estimateSize: () => height,
    gap,
    overscan: kOverscan,
    scrollMargin: root.current ? root.current.getBoundingClientRect().top + window.scrollY : 0,
    onChange: () => redraw(undefined),
  });

  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  // Heights depend on the width: what was measured for another one counts no more.
  useLayoutEffect(() => { virtualizer.measure(); }, [height, columns]);
  useEffect(() => {
    if (scrollTo) virtualizer.scrollToIndex(Math.floor(scrollTo.index / columns), { align: 'auto' });
  }, [scrollTo]);

  const shown = virtualizer.getVirtualItems();
  const lastRow = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows - lastRow <= kNearEnd) onNearEnd?.();
  }, [rows, lastRow]);

  const margin = virtualizer.options.scrollMargin;
  return (
    <div ref={root} role="list" aria-label={label} style={{ blockSize: `${virtualizer.getTotalSize()}px`, position: 'relative' }}>
      {width > 0 && shown.map((row) => (
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
