// What is listed: everything, or one kind, with a text in the name; and how it is shown, which is remembered.
import { call } from '../../api/client.ts';
import { type Asset, type Page } from '../../api/types.ts';
import { remember, remembered } from '../../data/remembered.ts';
import { type Kind } from '../../media/item.ts';
import { type ReadPage } from './asset_list.ts';

export interface Query { kind: Kind | undefined; name: string }
export const kEverything: Query = { kind: undefined, name: '' };

export function reader({ kind, name }: Query): ReadPage<Asset> {
  return async (cursor, limit, signal): Promise<Page<Asset>> => {
    const query = { limit, ...(kind && { kind }), ...(name && { name }), ...(cursor && { cursor }) };
    const page = await call('get', '/api/assets', { query, signal });
    // Without an owner, all are one's own.
    return { items: page.items.filter((item) => 'shared_with' in item), next: page.next };
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
