// How a long list lies in rows when it is parted by headings: a row for each heading, then the rows of its items. Where
// arrow keys lead there.
export interface SectionRow {
  heading: string | undefined;   // a row of its own; its items follow
  from: number;                  // the first item; of a heading, the first beneath it
  to: number;                    // behind the last one; equal for a heading
}

export function sectionRows<Item>(items: readonly Item[], sectionOf: (item: Item) => string, columns: number): SectionRow[] {
  const rows: SectionRow[] = [];
  let section: string | undefined;
  items.forEach((item, at) => {
    const here = sectionOf(item);
    const row = rows.at(-1);
    if (!row || here !== section) {
      section = here;
      rows.push({ heading: here, from: at, to: at }, { heading: undefined, from: at, to: at + 1 });
    } else if (row.to - row.from < columns) {
      row.to = at + 1;
    } else {
      rows.push({ heading: undefined, from: at, to: at + 1 });
    }
  });
  return rows;
}

// The row an item is in.
export function rowOf(rows: readonly SectionRow[], item: number): number {
  return rows.findIndex(({ from, to }) => item >= from && item < to);
}

// From the item `at`; undefined: nowhere. Up and down keep the column, as far as the row there reaches.
export function sectionTarget(key: string, at: number, rows: readonly SectionRow[]): number | undefined {
  const count = rows.at(-1)?.to ?? 0;
  const row = rowOf(rows, at);
  const here = rows[row];
  if (!here) return undefined;
  const other = (step: 1 | -1) => {
    let next = row + step;
    while (rows[next]?.heading !== undefined) next += step;
    const there = rows[next];
    return there ? Math.min(there.from + (at - here.from), there.to - 1) : undefined;
  };
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: other(-1), ArrowDown: other(1), Home: 0, End: count - 1 }[key];
  return to !== undefined && to >= 0 && to < count && to !== at ? to : undefined;
}
