// All links of whoever is logged in, the newest first: read when the screen first asks, kept up to date by events.
import { useEffect } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { whenUserLeaves } from '../../api/session.ts';
import { type Exchange } from '../../api/types.ts';
import { coalesced } from '../../data/coalesce.ts';
import { ReadList } from '../shared/read_list.ts';

export const exchanges = new ReadList<Exchange>(
  (cursor, signal) => call('get', '/api/exchanges', { query: { limit: 100, ...(cursor && { cursor }) }, signal }), ({ id }) => id);

whenUserLeaves(() => exchanges.clear());

const refresh = coalesced(() => exchanges.refresh());

export function useExchanges(): ReadList<Exchange> {
  useEffect(() => void exchanges.refresh(), []);
  useEvent('exchanges', refresh);
  return exchanges;
}
