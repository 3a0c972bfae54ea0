// Rows that scroll with the window, of which only those in sight are in the document: what VirtualGrid and the grid by
// months stand on. Put `root` on an element that is `total` pixels high, and each of `shown` into it at `start - margin`.
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll } from '@tanstack/virtual-core';

export interface Rows {
  count: number;
  heightOf: (row: number) => number;   // pixels
  gap: number;                         // pixels between them
  shape: string;                       // another one where heights changed
}

const kOverscan = 4;       // rows above and below the window
const kNearEnd = 8;        // rows left when more is fetched

export function useWindowRows(rowsFor: (width: number) => Rows, onNearEnd?: () => void) {
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
  const { count, heightOf, gap, shape } = rowsFor(width);
  virtualizer.setOptions({
    ...virtualizer.options,
    count,
    estimateSize: heightOf,
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
  // What was measured for another shape counts no more.
  useLayoutEffect(() => { virtualizer.measure(); }, [shape]);

  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (count - last <= kNearEnd) onNearEnd?.();
  }, [count, last]);

  return {
    root,
    shown: width > 0 ? shown : [],
    total: virtualizer.getTotalSize(),
    margin: virtualizer.options.scrollMargin,
    scrollToRow: (row: number) => virtualizer.scrollToIndex(row, { align: 'auto' }),
  };
}
