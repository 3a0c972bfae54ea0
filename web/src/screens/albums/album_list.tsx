// All of one's albums as tiles.
import { useState } from 'preact/hooks';
import { FolderOpen, FolderPlus, Images, Users } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { type Album } from '../../api/types.ts';
import { formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { columnsFor, keyMove, rem, tileGap, tileHeight } from '../../media/tile_grid.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { VirtualGrid } from '../../ui/virtual.tsx';
import { PlaceTabs } from '../files/place_tabs.tsx';
import { GridSkeleton } from '../shared/skeletons.tsx';
import { createAlbum } from './acts.ts';
import { Cover } from './cover.tsx';
import { useAlbums } from './lists.ts';
import { NameDialog } from './name_dialog.tsx';

const kFacts = 2.4;   // rem, the lines below the name

function SeenBy({ album: { shared_with: who } }: { album: Album }) {
  if (who.length === 0) return null;
  const names = formatList(who.map(visible));
  return <span class="album-seen truncate" title={t('albums.seenBy', { names })}><Users aria-hidden="true" /><span class="truncate">{names}</span></span>;
}

function AlbumTile({ album }: { album: Album }) {
  return (
    <a class="album-tile" href={`#/files/albums/${album.id}`} data-id={album.id}>
      <Cover album={album} />
      <span class="tile-name truncate" title={visible(album.name)}><UserText text={album.name} /></span>
      <small class="muted">{t('albums.count', { n: album.count })}</small>
      <SeenBy album={album} />
    </a>
  );
}

function Grid({ items }: { items: readonly Album[] }) {
  const [scrollTo, setScrollTo] = useState<{ index: number }>();
  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyMove(event, items)?.to;
    const id = to === undefined ? undefined : items[to]?.id;
    if (to === undefined || id === undefined) return;
    event.preventDefault();
    setScrollTo({ index: to });
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`.album-tile[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }));
  };
  return (
    <div onKeyDown={onKeyDown}>
      <VirtualGrid<Album> items={items} keyOf={({ id }) => id} label={t('albums.list')} columnsFor={columnsFor} gap={tileGap()} scrollTo={scrollTo}
        rowHeight={(width, columns) => tileHeight(width, columns) + kFacts * rem()} render={(album) => <AlbumTile album={album} />} />
    </div>
  );
}

export function AlbumList() {
  const list = useAlbums();
  const [, navigate] = useLocation();
  const [naming, setNaming] = useState(false);
  const items = list.items.value;
  const problem = list.problem.value;
  const create = async (name: string) => navigate(`/files/albums/${(await createAlbum(name)).id}`);
  return (
    <>
      <div class="files-head">
        <ScreenHead title={t('albums.title')}>
          <Button kind="primary" icon={FolderPlus} onClick={() => setNaming(true)}>{t('albums.new')}</Button>
        </ScreenHead>
      </div>
      <PlaceTabs current="albums" />
      {problem && <ProblemNotice problem={problem} onRetry={() => list.refresh()} />}
      {!list.started.value && !problem && <GridSkeleton />}
      {list.started.value && items.length === 0 && (
        <EmptyState icon={Images} title={t('albums.none')} actions={<LinkButton icon={FolderOpen} href="#/files">{t('albums.toFiles')}</LinkButton>}>
          {t('albums.noneText')}
        </EmptyState>
      )}
      {items.length > 0 && <Grid items={items} />}
      {naming && <NameDialog title={t('albums.new')} yes={t('albums.create')} onName={create} onClose={() => setNaming(false)} />}
    </>
  );
}
