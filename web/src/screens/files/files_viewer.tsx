// The viewer over one's own files.
import { Download, History, Images, Info, Pencil, Share2, Trash2 } from 'lucide-preact';
import { type Asset } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { download } from '../../media/download.ts';
import { Viewer } from '../../media/viewer.tsx';
import { IconButton } from '../../ui/button.tsx';
import { type FilesModel } from './model.ts';

export function FilesViewer({ model }: { model: FilesModel }) {
  const { list } = model;
  const start = model.viewing.value;
  if (start === undefined) return null;
  const items = list.items.value;
  const close = (last: string | undefined) => {
    model.viewing.value = undefined;
    const index = items.findIndex(({ id }) => id === last);
    if (index >= 0) model.focusOn(index);
  };
  const actions = (item: Asset) => (
    <>
      <IconButton icon={Share2} label={t('action.share')} onClick={() => { model.dialog.value = { kind: 'share', items: [item] }; }} />
      <IconButton icon={Images} label={t('albums.add')} onClick={() => { model.dialog.value = { kind: 'album', items: [item] }; }} />
      <IconButton icon={Download} label={t('action.download')} onClick={() => void download([item])} />
      <IconButton icon={Pencil} label={t('action.rename')} onClick={() => { model.dialog.value = { kind: 'rename', item }; }} />
      <IconButton icon={Info} label={t('files.details')} onClick={() => { model.dialog.value = { kind: 'details', item }; }} />
      {item.version > 1 && (
        <IconButton icon={History} label={t('versions.title')} onClick={() => { model.dialog.value = { kind: 'versions', item }; }} />
      )}
      <IconButton icon={Trash2} label={t('action.delete')} onClick={() => void model.remove([item])} />
    </>
  );
  return <Viewer<Asset> items={items} start={start} onClose={close} actions={actions} onNearEnd={() => list.more()} />;
}
