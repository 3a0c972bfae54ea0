// What can be done to albums. Each throws a Problem.
import { call } from '../../api/client.ts';
import { type Album, type AlbumShare, type Schema } from '../../api/types.ts';
import { albums } from './lists.ts';

const kMostAtOnce = 500;   // assets in one call

export async function createAlbum(name: string): Promise<Album> {
  const album = await call('post', '/api/albums', { body: { name }, once: true });
  void albums.refresh();
  return album;
}

// Puts them in front of `before`, or at the end; what is there already moves. The album as it is then.
export async function putIn(id: string, assetIds: readonly string[], before?: string): Promise<Album> {
  let album: Album | undefined;
  for (let at = 0; at < assetIds.length; at += kMostAtOnce) {
    const body = { asset_ids: assetIds.slice(at, at + kMostAtOnce), ...(before !== undefined && { before }) };
    album = await call('post', '/api/albums/{id}/assets', { path: { id }, body });
  }
  return album ?? call('get', '/api/albums/{id}', { path: { id } });
}

export async function takeOut(id: string, assetIds: readonly string[]): Promise<void> {
  for (let at = 0; at < assetIds.length; at += kMostAtOnce) {
    await call('post', '/api/albums/{id}/remove', { path: { id }, body: { asset_ids: assetIds.slice(at, at + kMostAtOnce) } });
  }
}

export function changeAlbum(id: string, body: Schema<'AlbumChange'>): Promise<Album> {
  return call('patch', '/api/albums/{id}', { path: { id }, body });
}

export async function deleteAlbum(id: string): Promise<void> {
  await call('delete', '/api/albums/{id}', { path: { id } });
  albums.remove(new Set([id]));
}

export function shareAlbum(id: string, address: string, until: Date | undefined, strip: Schema<'Strip'>): Promise<AlbumShare> {
  const body = { with: address, strip, ...(until && { expires_at: until.toISOString() }) };
  return call('post', '/api/albums/{id}/shares', { path: { id }, body, once: true });
}

export async function withdrawAlbum({ album_id: id, id: share }: AlbumShare): Promise<void> {
  await call('delete', '/api/albums/{id}/shares/{share_id}', { path: { id, share_id: share } });
}
