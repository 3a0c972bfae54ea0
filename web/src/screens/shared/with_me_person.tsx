// Everything one person shares with me.
import { useState } from 'preact/hooks';
import { ArrowLeft, CloudOff, Download, FolderPlus, SearchX, Users, X } from 'lucide-preact';
import { type Problem } from '../../api/problem.ts';
import { me } from '../../api/session.ts';
import { type Connection } from '../../api/types.ts';
import { domainOf, handleOf } from '../../data/address.ts';
import { connectionsRead, ownConnections } from '../../data/connections.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { download } from '../../media/download.ts';
import { Selection } from '../../media/selection.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button, IconButton, LinkButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { AlbumChips } from './album_chips.tsx';
import { FilterBar } from './filter_bar.tsx';
import { focusTile } from './focus_tile.ts';
import { establishedWith, isElsewhere, toldAt } from './groups.ts';
import { ItemGrid } from './item_grid.tsx';
import { kEverything, matches, type PersonQuery } from './matches.ts';
import { type PersonItems, usePersonItems } from './person_items.ts';
import { TrustChips } from './person_head.tsx';
import { standingOf } from './peer_checks.ts';
import { hasPictures, isDown, isOutOfReach, ReachLine, StaleNotice } from './reach.tsx';
import { saveCopies } from './save_copy.ts';
import { SharedViewer, type ShownItem } from './shared_viewer.tsx';
import { GridSkeleton } from './skeletons.tsx';
import { albumsAmong, inAlbum } from './their_albums.ts';
import { usePeerChecks } from './use_peer_checks.ts';

function SelectionBar({ selection }: { selection: Selection<ShownItem> }) {
  const { items } = selection;
  return (
    <div class="selection-bar" role="group" aria-label={t('files.selection')}>
      <IconButton icon={X} label={t('files.selection.clear')} onClick={() => selection.clear()} />
      <p class="grow">{t('files.selected', { n: items.length, size: formatSize(selection.size.value) })}</p>
      <div class="row">
        <Button icon={FolderPlus} onClick={() => saveCopies(items)}><span>{t('shared.copy')}</span></Button>
        <Button icon={Download} onClick={() => download(items)}><span>{t('action.download')}</span></Button>
      </div>
    </div>
  );
}

// What stands in the place of the grid.
function Nothing({ address, query, theirs, onQuery }: {
  address: string; query: PersonQuery; theirs: PersonItems; onQuery: (query: PersonQuery) => void;
}) {
  if (theirs.asking) return <GridSkeleton />;
  if (query.kind || query.name) {
    const all = <Button onClick={() => onQuery(kEverything)}>{t('files.none.showAll')}</Button>;
    return <EmptyState icon={SearchX} title={t('shared.noMatch')} actions={all} />;
  }
  return theirs.isLive ? <EmptyState icon={Users} title={t('shared.nothingFrom', { who: visible(handleOf(address)) })} /> : null;
}

// No such person, no connection with them, or no address at all.
function isStranger({ status }: Problem): boolean {
  return status === 404 || status === 400;
}

function State({ address, connection, theirs }: { address: string; connection: Connection | undefined; theirs: PersonItems }) {
  const { problem } = theirs;
  const ofPeer = problem !== undefined && standingOf(problem) !== undefined;
  if (connection && (!problem || ofPeer)) return <StaleNotice connection={connection} told={toldAt(theirs.told)} onRetry={theirs.refresh} />;
  if (problem && isStranger(problem)) {
    return (
      <EmptyState icon={Users} title={t('shared.stranger', { who: visible(address) })}
        actions={<LinkButton kind="primary" href="#/people">{t('shared.connect')}</LinkButton>} />
    );
  }
  return problem ? <ProblemNotice problem={problem} onRetry={theirs.refresh} /> : null;
}

// Nothing of theirs can ever be fetched.
function OutOfReach({ connection }: { connection: Connection }) {
  const names = { who: visible(handleOf(connection.peer)), server: visible(domainOf(connection.peer)) };
  return (
    <>
      <a class="shared-back" href="#/shared"><ArrowLeft aria-hidden="true" />{t('shared.withMe')}</a>
      <ScreenHead title={visible(connection.peer)} />
      <EmptyState icon={CloudOff} title={t('shared.outOfReach', names)}>{t('shared.outOfReachText', names)}</EmptyState>
    </>
  );
}

export function WithMePerson({ address }: { address: string }) {
  const connection = establishedWith(ownConnections.value, address);
  return connection && isOutOfReach(connection) ? <OutOfReach connection={connection} /> : <PersonPage address={address} connection={connection} />;
}

function PersonPage({ address, connection }: { address: string; connection: Connection | undefined }) {
  const [query, setQuery] = useState(kEverything);
  const [viewing, setViewing] = useState<string>();
  const [selection] = useState(() => new Selection<ShownItem>());
  const elsewhere = isElsewhere(address, me().address);
  const theirs = usePersonItems(address, query, elsewhere);
  usePeerChecks(connection ? [connection] : []);
  const [album, setAlbum] = useState<string>();
  const { told, isLive, complete } = theirs;
  const albums = albumsAmong(told, theirs.items);
  // One that is withdrawn is none to look at.
  const wanted = album !== undefined && albums.includes(album) ? album : undefined;
  const items = wanted === undefined ? theirs.items : inAlbum(wanted, theirs.items, complete ? [] : told.filter((item) => matches(item, query)));
  const stranger = connectionsRead.value && theirs.problem !== undefined && isStranger(theirs.problem);
  const count = isLive && complete && query === kEverything && wanted === undefined ? items.length : isLive ? undefined : told.length;
  const filter = (next: PersonQuery) => {
    selection.clear();
    setQuery(next.kind || next.name ? next : kEverything);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && selection.count.value > 0 && viewing === undefined) selection.clear();
  };
  return (
    <div onKeyDown={onKeyDown} data-owner={address}>
      <a class="shared-back" href="#/shared"><ArrowLeft aria-hidden="true" />{t('shared.withMe')}</a>
      <div class={`files-head${selection.count.value > 0 ? ' selecting' : ''}`}>
        <ScreenHead title={visible(address)} />
        {selection.count.value > 0 && <SelectionBar selection={selection} />}
        <p class="visually-hidden" role="status">
          {selection.count.value > 0 ? t('files.selected', { n: selection.count.value, size: formatSize(selection.size.value) }) : ''}
        </p>
      </div>
      <p class="muted shared-facts">
        {!stranger && <TrustChips connection={connection} />}
        {count !== undefined && !stranger && <span>{t('shared.count', { n: count })}</span>}
        {connection && !isDown(connection) && <ReachLine connection={connection} />}
      </p>
      <div class="stack">
        <State address={address} connection={connection} theirs={theirs} />
        {!stranger && albums.length > 0 && <AlbumChips albums={albums} chosen={wanted} onChosen={(name) => { selection.clear(); setAlbum(name); }} />}
        {!stranger && <FilterBar query={query} onQuery={filter} />}
        {items.length > 0 ? (
          <ItemGrid items={items} selection={selection} pictures={hasPictures(connection)} label={t('shared.of', { who: visible(address) })}
            onOpen={({ id }) => setViewing(id)} onNearEnd={theirs.more} />
        ) : !stranger && <Nothing address={address} query={query} theirs={theirs} onQuery={filter} />}
      </div>
      {viewing !== undefined && (
        <SharedViewer items={items} start={viewing} onClose={(last) => { setViewing(undefined); focusTile(last); }} onNearEnd={theirs.more} />
      )}
    </div>
  );
}
