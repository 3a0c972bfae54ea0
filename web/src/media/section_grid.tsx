// A grid parted by headings: photos by months. Only what is in sight is in the document.
import { type ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useWindowRows } from '../ui/window_rows.ts';
import { rowOf, type SectionRow, sectionRows } from './section_rows.ts';
import { columnsFor, rem, tileGap, tileHeight } from './tile_grid.ts';

interface SectionGridProps<Item> {
  items: readonly Item[];
  sectionOf: (item: Item) => string;
  headingOf: (section: string) => ComponentChildren;
  keyOf: (item: Item) => string;
  render: (item: Item, index: number) => ComponentChildren;
  label: string;
  onNearEnd?: () => void;
  scrollTo?: { index: number } | undefined;
}

const kHeading = 3;   // rem

export function SectionGrid<Item>(props: SectionGridProps<Item>) {
  const { items, sectionOf, headingOf, keyOf, render, label, onNearEnd, scrollTo } = props;
  const across = useRef(1);
  const layout = useMemo(() => {
    const known = new Map<number, SectionRow[]>();
    return (columns: number) => {
      const rows = known.get(columns) ?? sectionRows(items, sectionOf, columns);
      known.set(columns, rows);
      return rows;
    };
  }, [items]);
  const { root, shown, total, margin, scrollToRow } = useWindowRows((width) => {
    const columns = columnsFor(width);
    const height = tileHeight(width, columns);
    const rows = layout(columns);
    across.current = columns;
    const heightOf = (row: number) => (rows[row]?.heading === undefined ? height : kHeading * rem());
    // Where headings stand is part of the shape.
    const shape = `${height} ${rows.length} ${rows.filter(({ heading }) => heading !== undefined).map(({ from }) => from).join(' ')}`;
    return { count: rows.length, heightOf, gap: tileGap(), shape };
  }, onNearEnd);
  const columns = across.current;
  const rows = layout(columns);
  useEffect(() => {
    if (scrollTo) scrollToRow(rowOf(rows, scrollTo.index));
  }, [scrollTo]);
  return (
    <div ref={root} role="list" aria-label={label} style={{ blockSize: `${total}px`, position: 'relative' }}>
      {shown.map(({ key, index, size, start }) => {
        const row = rows[index];
        if (!row) return null;
        const place = { position: 'absolute', insetInline: 0, insetBlockStart: 0, blockSize: `${size}px`, transform: `translateY(${start - margin}px)` };
        if (row.heading !== undefined) {
          return <div key={key} role="listitem" class="section-heading" style={place}><h2>{headingOf(row.heading)}</h2></div>;
        }
        return (
          <div key={key} role="presentation" class="virtual-row" style={{
            ...place, display: 'grid', gap: `${tileGap()}px`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          }}>
            {items.slice(row.from, row.to).map((item, at) => (
              <div key={keyOf(item)} role="listitem">{render(item, row.from + at)}</div>
            ))}
          </div>
        );
      })}
    </div>
  );
}
