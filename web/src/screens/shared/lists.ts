// Everything others share with whoever is logged in, as told last, and everything they share: read when a screen first
// asks, kept up to date by events while one is open.
import { useEffect } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { type EventName, useEvent } from '../../api/events.ts';
import { whenUserLeaves } from '../../api/session.ts';
import { coalesced } from '../../data/coalesce.ts';
import { type OwnShare, type SharedItem } from './groups.ts';
import { ReadList } from './read_list.ts';

const kPage = 500;
const kMost = 20_000;   // items of each list that are held

export const sharedWithMe = new ReadList<SharedItem>(
  (cursor, signal) => call('get', '/api/shared-with-me', { query: { limit: kPage, ...(cursor && { cursor }) }, signal }),
  ({ owner, id }) => `${owner} ${id}`, kMost);

export const ownShares = new ReadList<OwnShare>(
  (cursor, signal) => call('get', '/api/shares', { query: { limit: kPage, ...(cursor && { cursor }) }, signal }),
  ({ id }) => id, kMost);

whenUserLeaves(() => {
  sharedWithMe.clear();
  ownShares.clear();
});

// One act may change many things, each with an event of its own.
const kSpacing = 1000;  // milliseconds
const refreshWithMe = coalesced(() => sharedWithMe.refresh(), kSpacing);
const refreshOwn = coalesced(() => ownShares.refresh(), kSpacing);

function useList(list: ReadList<SharedItem> | ReadList<OwnShare>, refresh: () => void, event: EventName, other: EventName) {
  useEffect(() => void list.refresh(), [list]);
  useEvent(event, refresh);
  useEvent(other, refresh);
}

export function useSharedWithMe(): ReadList<SharedItem> {
  useList(sharedWithMe, refreshWithMe, 'shared_with_me', 'connection');
  return sharedWithMe;
}

export function useOwnShares(): ReadList<OwnShare> {
  useList(ownShares, refreshOwn, 'shares', 'assets');
  return ownShares;
}
