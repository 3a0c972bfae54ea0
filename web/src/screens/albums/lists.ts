// One's albums, the newest first: read when a screen first asks, kept up to date by events while one is open.
import { useEffect } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { whenUserLeaves } from '../../api/session.ts';
import { type Album } from '../../api/types.ts';
import { coalesced } from '../../data/coalesce.ts';
import { ReadList } from '../shared/read_list.ts';

const kPage = 500;
const kMost = 1000;   // albums one person can have

export const albums = new ReadList<Album>(
  (cursor, signal) => call('get', '/api/albums', { query: { limit: kPage, ...(cursor && { cursor }) }, signal }),
  ({ id }) => id, kMost);

whenUserLeaves(() => albums.clear());

const refresh = coalesced(() => albums.refresh());

export function useAlbums(): ReadList<Album> {
  useEffect(() => void albums.refresh(), []);
  useEvent('albums', refresh);
  useEvent('assets', refresh);
  return albums;
}
