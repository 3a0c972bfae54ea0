// What can be done with what is selected in an album.
import { ArrowLeft, ArrowRight, BookImage, Download, FolderMinus, type LucideIcon, X } from 'lucide-preact';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { download } from '../../media/download.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { type AlbumModel } from './album_model.ts';

function Act({ icon, text, lesser, onClick }: { icon: LucideIcon; text: string; lesser?: boolean; onClick: () => void | Promise<void> }) {
  return <Button icon={icon} title={text} onClick={onClick}><span class={lesser ? 'lesser' : undefined}>{text}</span></Button>;
}

export function AlbumBar({ model }: { model: AlbumModel }) {
  const { selection } = model;
  const items = selection.items;
  const [only] = items;
  const ids = items.map(({ id }) => id);
  return (
    <div class="selection-bar" role="group" aria-label={t('files.selection')}>
      <IconButton icon={X} label={t('files.selection.clear')} onClick={() => selection.clear()} />
      <p class="grow">{t('files.selected', { n: items.length, size: formatSize(selection.size.value) })}</p>
      <div class="row">
        <Act lesser icon={ArrowLeft} text={t('albums.earlier')} onClick={() => model.stepAll(ids, -1)} />
        <Act lesser icon={ArrowRight} text={t('albums.later')} onClick={() => model.stepAll(ids, 1)} />
        {items.length === 1 && only && <Act lesser icon={BookImage} text={t('albums.asCover')} onClick={() => model.setCover(only)} />}
        <Act icon={Download} text={t('action.download')} onClick={() => download(items)} />
        <Act icon={FolderMinus} text={t('albums.remove')} onClick={() => model.remove(items)} />
      </div>
    </div>
  );
}
