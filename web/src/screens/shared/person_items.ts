// What one person shares: read from their server page by page as one scrolls. Until it has answered, and while it does
// not, what it told last stands in for that.
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { type Problem } from '../../api/problem.ts';
import { type Page } from '../../api/types.ts';
import { isExpired, type SharedItem } from './groups.ts';
import { useSharedWithMe } from './lists.ts';
import { matches, type PersonItem, type PersonQuery } from './matches.ts';
import { checks, noteAnswer } from './peer_checks.ts';
import { type ReadPage, ReadList } from './read_list.ts';

const kPage = 200;

function reader(owner: string, { kind, name }: PersonQuery): ReadPage<PersonItem> {
  return async (cursor, signal): Promise<Page<PersonItem>> => {
    const query = { owner, limit: kPage, ...(kind && { kind }), ...(name && { name }), ...(cursor && { cursor }) };
    const page = await call('get', '/api/assets', { query, signal });
    // With an owner, none of them is one's own.
    return { items: page.items.filter((item) => 'shared_at' in item), next: page.next };
  };
}

export interface PersonItems {
  items: readonly PersonItem[];
  told: readonly SharedItem[];          // all that was told last
  isLive: boolean;                      // the items are from their server
  asking: boolean;                      // for the first page
  problem: Problem | undefined;
  complete: boolean;
  more: () => void;
  refresh: () => Promise<void>;
}

// `elsewhere`: whether the person is on another server.
export function usePersonItems(address: string, query: PersonQuery, elsewhere: boolean): PersonItems {
  const all = useSharedWithMe();
  const [list] = useState(() => new ReadList<PersonItem>(reader(address, query), ({ id }) => id));
  useEffect(() => {
    list.restart(reader(address, query));
    return () => list.stop();
  }, [list, address, query]);
  const [hear] = useState(() => (data: { owner?: string } | undefined) => {
    if (data?.owner === undefined || data.owner === address) void list.refresh();
  });
  useEvent('shared_with_me', hear);

  const loading = list.loading.value;
  const problem = list.problem.value;
  const started = list.started.value;
  useEffect(() => {
    if (elsewhere && !loading && (started || problem)) noteAnswer(address, problem);
  }, [elsewhere, loading, started, problem]);
  // It answers again.
  const isUp = checks.value.get(address)?.standing?.kind === 'up';
  useEffect(() => { if (isUp && list.problem.peek()) void list.refresh(); }, [isUp]);

  const now = Date.now();
  const told = all.items.value.filter((item) => item.owner === address && !isExpired(item, now));
  const live = list.items.value.filter((item) => !isExpired(item, now));
  return {
    items: started ? live : told.filter((item) => matches(item, query)),
    told, problem,
    isLive: started,
    asking: loading && !started,
    complete: list.complete.value,
    more: () => list.more(),
    refresh: () => list.refresh(),
  };
}
