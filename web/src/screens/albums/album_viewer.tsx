// The viewer over an album.
import { BookImage, Download, FolderMinus } from 'lucide-preact';
import { type Asset } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { download } from '../../media/download.ts';
import { Viewer } from '../../media/viewer.tsx';
import { IconButton } from '../../ui/button.tsx';
import { type AlbumModel } from './album_model.ts';

export function AlbumViewer({ model }: { model: AlbumModel }) {
  const start = model.viewing.value;
  if (start === undefined) return null;
  const items = model.list.items.value;
  const close = (last: string | undefined) => {
    model.viewing.value = undefined;
    model.focusOn(items.findIndex(({ id }) => id === last));
  };
  const actions = (item: Asset) => (
    <>
      <IconButton icon={BookImage} label={t('albums.asCover')} disabled={model.album.value?.cover === item.id} onClick={() => void model.setCover(item)} />
      <IconButton icon={Download} label={t('action.download')} onClick={() => void download([item])} />
      <IconButton icon={FolderMinus} label={t('albums.remove')} onClick={() => void model.remove([item])} />
    </>
  );
  return <Viewer<Asset> items={items} start={start} onClose={close} actions={actions} onNearEnd={() => model.list.more()} />;
}
