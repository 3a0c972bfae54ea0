// What is shared, by person. Pure.
import { domainOf } from '../../data/address.ts';
import { type Connection, type Schema } from '../../api/types.ts';

export type SharedItem = Schema<'SharedAsset'> | Schema<'ToldAsset'>;
export type RemoteItem = Schema<'RemoteAsset'>;

export interface PersonGroup<Item> {
  address: string;
  connection: Connection | undefined;   // that stands; none with somebody on this server
  items: Item[];
}

export function isExpired(item: { expires_at: string | null }, now: number): boolean {
  return item.expires_at !== null && Date.parse(item.expires_at) <= now;
}

function byPerson<Item>(items: readonly Item[], personOf: (item: Item) => string): Map<string, Item[]> {
  const people = new Map<string, Item[]>();
  for (const item of items) {
    const theirs = people.get(personOf(item));
    if (theirs) theirs.push(item);
    else people.set(personOf(item), [item]);
  }
  return people;
}

function newestOf(items: readonly { shared_at: string }[]): string {
  return items.reduce((newest, { shared_at: at }) => (at > newest ? at : newest), '');
}

export function establishedWith(connections: readonly Connection[], address: string): Connection | undefined {
  return connections.find(({ peer, state }) => peer === address && state === 'established');
}

function sorted<Item extends { shared_at: string }>(people: Map<string, Item[]>, connections: readonly Connection[]): PersonGroup<Item>[] {
  const groups = [...people].map(([address, items]) => ({ address, connection: establishedWith(connections, address), items }));
  return groups.sort((a, b) => {
    const [one, other] = [newestOf(a.items), newestOf(b.items)];
    if (one !== other) return one < other ? 1 : -1;
    return a.address < b.address ? -1 : 1;
  });
}

// Who shared something last comes first; people one is connected with who share nothing come at the end.
export function sharedByPeople(items: readonly SharedItem[], connections: readonly Connection[], now: number): PersonGroup<SharedItem>[] {
  const people = byPerson(items.filter((item) => !isExpired(item, now)), ({ owner }) => owner);
  for (const { peer, state } of connections) if (state === 'established' && !people.has(peer)) people.set(peer, []);
  return sorted(people, connections);
}

export type OwnShare = Schema<'Share'>;

export function sharedWithPeople(shares: readonly OwnShare[], connections: readonly Connection[], now: number): PersonGroup<OwnShare>[] {
  return sorted(byPerson(shares.filter((share) => !isExpired(share, now)), (share) => share.with), connections);
}

export interface FileGroup { id: string; asset: OwnShare['asset']; shares: OwnShare[] }

// What was shared last comes first.
export function sharedByFile(shares: readonly OwnShare[], now: number): FileGroup[] {
  const files = byPerson(shares.filter((share) => !isExpired(share, now)), ({ asset }) => asset.id);
  return [...files].flatMap(([id, all]) => {
    const [first] = all;
    return first ? [{ id, asset: first.asset, shares: all }] : [];
  });
}

export function newestIn(group: { items: readonly { shared_at: string }[] }): string | undefined {
  return newestOf(group.items) || undefined;
}

// When their server last said what is shared.
export function toldAt(items: readonly SharedItem[]): string | undefined {
  const last = items.reduce((latest, item) => ('told_at' in item && item.told_at > latest ? item.told_at : latest), '');
  return last || undefined;
}

export function isElsewhere(address: string, self: string): boolean {
  return domainOf(address) !== domainOf(self);
}
