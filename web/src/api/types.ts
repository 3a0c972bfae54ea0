// The HTTP interface's values, generated from the daemon's OpenAPI document (schema.d.ts), under short names.
import type { components, paths } from './schema.d.ts';

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export type Asset = Schema<'Asset'>;
export type SharedAsset = Schema<'SharedAsset'>;
export type DeletedAsset = Schema<'DeletedAsset'>;
export type Album = Schema<'Album'>;
export type AlbumShare = Schema<'AlbumShare'>;
export type Share = Schema<'Share'>;
export type Connection = Schema<'Connection'>;
export type Exchange = Schema<'Exchange'>;
export type MadeExchange = Schema<'MadeExchange'>;
export type Invite = Schema<'Invite'>;
export type Instance = Schema<'Instance'>;
export type KnownInstance = Schema<'KnownInstance'>;
export type Welcome = Schema<'Welcome'>;

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export type { paths };
