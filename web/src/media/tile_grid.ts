// How tiles lie in a grid, and where arrow keys, Home and End lead there; a list is a grid of one column.
import { sectionRows, sectionTarget } from './section_rows.ts';

const kTile = 9.5;      // rem, the least width
const kBetween = 0.75;  // rem
const kName = 1.6;      // rem, the line beneath

export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);  // pixels

export const tileGap = () => kBetween * rem();
export const columnsFor = (width: number) => Math.max(2, Math.floor((width / rem() + kBetween) / (kTile + kBetween)));
export const tileHeight = (width: number, columns: number) => (width - (columns - 1) * tileGap()) / columns + kName * rem();

// From the item `at` of `count`; undefined: nowhere.
export function keyTarget(key: string, at: number, columns: number, count: number): number | undefined {
  const last = count - 1;
  // Below the last row there may be a shorter one: down goes to its end.
  const below = Math.floor(at / columns) < Math.floor(last / columns) ? Math.min(at + columns, last) : at;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: below, Home: 0, End: last }[key];
  return to !== undefined && to >= 0 && to < count ? to : undefined;
}

// What a key means that was pressed on one of `items` in a VirtualGrid, or with `sectionOf` in a SectionGrid; their
// elements carry the ids in data-id.
export function keyMove<Item extends { id: string }>(
  event: KeyboardEvent, items: readonly Item[], sectionOf?: (item: Item) => string,
): { from: number; to: number } | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return undefined;
  const id = event.target.closest<HTMLElement>('[data-id]')?.dataset['id'];
  const row = event.target.closest('.virtual-row');
  if (id === undefined || !row) return undefined;
  const from = items.findIndex((item) => item.id === id);
  const columns = getComputedStyle(row).gridTemplateColumns.split(' ').length;
  const to = sectionOf ? sectionTarget(event.key, from, sectionRows(items, sectionOf, columns)) : keyTarget(event.key, from, columns, items.length);
  return from < 0 || to === undefined ? undefined : { from, to };
}
