// What is listed: everything, or one kind, with a text in the name; of photos also when and with what they were taken. And
// how it is shown, which is remembered.
import { call } from '../../api/client.ts';
import { type Asset, type Page } from '../../api/types.ts';
import { remember, remembered } from '../../data/remembered.ts';
import { type Kind } from '../../media/item.ts';
import { dayAfterMonth } from '../../media/photo_time.ts';
import { type ReadPage } from './asset_list.ts';

export interface Query {
  kind: Kind | undefined;
  name: string;
  camera: string;    // of photos alone, like the months ("2024-07"); empty: any
  from: string;      // the first month,
  to: string;        // and the last
}
export const kEverything: Query = { kind: undefined, name: '', camera: '', from: '', to: '' };

// The query with what was changed. What only photos have ends with them.
export function changed(query: Query, change: Partial<Query>): Query {
  const next = { ...query, ...change };
  return next.kind === 'photo' ? next : { ...kEverything, kind: next.kind, name: next.name };
}

export function isSame(one: Query, other: Query): boolean {
  return one.kind === other.kind && one.name === other.name && one.camera === other.camera && one.from === other.from && one.to === other.to;
}

export const isEverything = (query: Query) => isSame(query, kEverything);

// Without an owner, all are one's own.
const own = (page: { items: unknown[]; next: string | null }): Page<Asset> =>
  ({ items: page.items.filter((item): item is Asset => typeof item === 'object' && item !== null && 'shared_with' in item), next: page.next });

export function reader({ kind, name, camera, from, to }: Query): ReadPage<Asset> {
  return async (cursor, limit, signal) => {
    const query = { limit, ...(name && { name }), ...(cursor && { cursor }) };
    if (kind !== 'photo') return own(await call('get', '/api/assets', { query: { ...query, ...(kind && { kind }) }, signal }));
    const photos = { ...query, ...(camera && { camera }), ...(from && { from: `${from}-01` }), ...(to && { to: dayAfterMonth(to) }) };
    return own(await call('get', '/api/photos', { query: photos, signal }));
  };
}

export type View = 'grid' | 'list';
const kName = 'files-view';

export function storedView(): View {
  return remembered(kName) === 'list' ? 'list' : 'grid';
}

export function storeView(view: View): void {
  remember(kName, view);
}
