// The head of the screen: uploading; or, when something is selected, what can be done with that, in the same place.
import { ArchiveRestore, Download, FolderUp, History, Info, Pencil, Share2, Trash2, Upload, X } from 'lucide-preact';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { download } from '../../media/download.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { uploadChosen } from '../../upload/intake.ts';
import { canChooseFolders } from '../../upload/pick.ts';
import { type FilesModel } from './model.ts';

function SelectionBar({ model }: { model: FilesModel }) {
  const { selection } = model;
  const items = selection.items;
  const [only] = items;
  const show = (dialog: FilesModel['dialog']['value']) => () => { model.dialog.value = dialog; };
  return (
    <div class="selection-bar" role="group" aria-label={t('files.selection')}>
      <IconButton icon={X} label={t('files.selection.clear')} onClick={() => selection.clear()} />
      <p class="grow">{t('files.selected', { n: items.length, size: formatSize(selection.size.value) })}</p>
      <div class="row">
        <Button icon={Share2} onClick={show({ kind: 'share', items })}><span>{t('action.share')}</span></Button>
        <Button icon={Download} onClick={() => download(items)}><span>{t('action.download')}</span></Button>
        {items.length === 1 && only && (
          <>
            <Button icon={Pencil} onClick={show({ kind: 'rename', item: only })}><span>{t('action.rename')}</span></Button>
            <Button icon={Info} onClick={show({ kind: 'details', item: only })}><span>{t('files.details')}</span></Button>
            {only.version > 1 && <Button icon={History} onClick={show({ kind: 'versions', item: only })}><span>{t('versions.title')}</span></Button>}
          </>
        )}
        <Button icon={Trash2} kind="danger" onClick={() => model.remove(items)}><span>{t('action.delete')}</span></Button>
      </div>
    </div>
  );
}

export function Head({ model }: { model: FilesModel }) {
  const count = model.selection.count.value;
  return (
    <div class={`files-head${count > 0 ? ' selecting' : ''}`}>
      <ScreenHead title={t('nav.files')}>
        <a class="button icon" href="#/files/deleted" aria-label={t('deleted.title')} title={t('deleted.title')}>
          <ArchiveRestore aria-hidden="true" />
        </a>
        {canChooseFolders && <IconButton icon={FolderUp} label={t('files.uploadFolder')} onClick={() => uploadChosen({ folder: true })} />}
        <Button kind="primary" icon={Upload} onClick={() => uploadChosen()}>{t('files.upload')}</Button>
      </ScreenHead>
      {count > 0 && <SelectionBar model={model} />}
      <p class="visually-hidden" role="status">
        {count > 0 ? t('files.selected', { n: count, size: formatSize(model.selection.size.value) }) : ''}
      </p>
    </div>
  );
}
