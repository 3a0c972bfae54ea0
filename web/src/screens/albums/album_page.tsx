// One album: what is in it, who sees it, what can be done with it.
import { useEffect, useState } from 'preact/hooks';
import { ArrowLeft, Download, EllipsisVertical, FolderOpen, Images, Pencil, Share2, Trash2, Users } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { urlOf } from '../../api/base.ts';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Album } from '../../api/types.ts';
import { coalesced } from '../../data/coalesce.ts';
import { formatList, formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { saveByBrowser } from '../../media/save.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { GridSkeleton } from '../shared/skeletons.tsx';
import { changeAlbum } from './acts.ts';
import { AlbumBar } from './album_bar.tsx';
import { AlbumGrid } from './album_grid.tsx';
import { AlbumModel } from './album_model.ts';
import { AlbumViewer } from './album_viewer.tsx';
import { askAndDelete } from './delete.ts';
import { NameDialog } from './name_dialog.tsx';
import { ShareAlbumDialog } from './share_album_dialog.tsx';

function useNews(model: AlbumModel) {
  const [refresh] = useState(() => coalesced(() => model.refresh()));
  useEvent('albums', refresh);
  useEvent('assets', refresh);
  useEffect(() => {
    void model.refresh();
    return () => model.list.stop();
  }, [model]);
}

async function downloadAll({ id }: Album): Promise<void> {
  try {
    const archive = await call('post', '/api/archives', { body: { album_id: id } });
    saveByBrowser(urlOf(archive.url.replace(/^\//, '')).href, archive.name);
  } catch (reason) {
    toast({ kind: 'danger', text: problemText(asProblem(reason)) });
  }
}

function Head({ model, album, onShare }: { model: AlbumModel; album: Album; onShare: () => void }) {
  const [, navigate] = useLocation();
  const [naming, setNaming] = useState(false);
  const { count, size } = model.selection;
  const rename = async (name: string) => { model.album.value = await changeAlbum(album.id, { name }); };
  const remove = async () => {
    model.deleting = true;
    if (await askAndDelete(album)) return navigate('/files/albums');
    model.deleting = false;
    await model.refresh();
  };
  const items = [
    { text: t('albums.rename'), icon: Pencil, onSelect: () => setNaming(true) },
    ...(album.count > 0 ? [{ text: t('albums.download'), icon: Download, onSelect: () => void downloadAll(album) }] : []),
    { text: t('albums.delete'), icon: Trash2, danger: true, onSelect: () => void remove() },
  ];
  return (
    <div class={`files-head${count.value > 0 ? ' selecting' : ''}`}>
      <ScreenHead title={visible(album.name)}>
        <Button kind="primary" icon={Share2} title={t('albums.share')} onClick={onShare}><span class="lesser">{t('albums.share')}</span></Button>
        <Menu label={t('albums.more')} button={<EllipsisVertical aria-hidden="true" />} items={items} />
      </ScreenHead>
      {count.value > 0 && <AlbumBar model={model} />}
      <p class="visually-hidden" role="status">
        {count.value > 0 ? t('files.selected', { n: count.value, size: formatSize(size.value) }) : ''}
      </p>
      {naming && <NameDialog title={t('albums.rename')} yes={t('action.rename')} name={album.name} onName={rename} onClose={() => setNaming(false)} />}
    </div>
  );
}

function Content({ model }: { model: AlbumModel }) {
  const { list } = model;
  const problem = list.problem.value;
  if (!list.started.value) return problem ? <ProblemNotice problem={problem} onRetry={() => model.refresh()} /> : <GridSkeleton />;
  if (list.items.value.length === 0) {
    return (
      <EmptyState icon={Images} title={t('albums.empty')} actions={<LinkButton kind="primary" icon={FolderOpen} href="#/files">{t('albums.toFiles')}</LinkButton>}>
        {t('albums.emptyText')}
      </EmptyState>
    );
  }
  return (
    <>
      {problem && <ProblemNotice problem={problem} onRetry={() => model.refresh()} />}
      <AlbumGrid model={model} />
    </>
  );
}

export function AlbumPage({ id }: { id: string }) {
  const [model] = useState(() => new AlbumModel(id));
  const [sharing, setSharing] = useState(false);
  useNews(model);
  const album = model.album.value;
  const problem = model.problem.value;
  const gone = problem?.status === 404 || problem?.status === 400;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && model.selection.count.value > 0 && model.viewing.value === undefined) model.selection.clear();
  };
  return (
    <div onKeyDown={onKeyDown}>
      <a class="shared-back" href="#/files/albums"><ArrowLeft aria-hidden="true" />{t('albums.title')}</a>
      {gone ? <><ScreenHead title={t('albums.title')} /><EmptyState icon={Images} title={t('albums.gone')} /></> : (
        <>
          {album ? <Head model={model} album={album} onShare={() => setSharing(true)} /> : <ScreenHead title={t('albums.title')} />}
          {album && (
            <p class="muted shared-facts">
              <span>{t('albums.count', { n: album.count })}</span>
              {album.shared_with.length > 0 && <span class="album-seen"><Users aria-hidden="true" />{t('albums.seenBy', { names: formatList(album.shared_with.map(visible)) })}</span>}
            </p>
          )}
          {problem && <ProblemNotice problem={problem} onRetry={() => model.refresh()} />}
          <p class="visually-hidden" role="status">{model.told.value}</p>
          <Content model={model} />
        </>
      )}
      <AlbumViewer model={model} />
      {sharing && album && (
        <ShareAlbumDialog album={album} items={model.list.items.value} onChanged={() => model.read()} onClose={() => setSharing(false)} />
      )}
    </div>
  );
}
