// The head of the screen: uploading; or, when something is selected, what can be done with that, in the same place.
import { ArchiveRestore, Download, FolderUp, History, Images, Info, Link, type LucideIcon, Pencil, Share2, Trash2, Upload, X } from 'lucide-preact';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { download } from '../../media/download.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { uploadChosen } from '../../upload/intake.ts';
import { canChooseFolders } from '../../upload/pick.ts';
import { type FilesModel } from './model.ts';

// An action of the bar. Where there is little room, its icon alone is seen; of a `lesser` one sooner than of the others.
function Act({ icon, text, kind = 'plain', lesser, onClick }: {
  icon: LucideIcon; text: string; kind?: 'plain' | 'danger'; lesser?: boolean; onClick: () => void | Promise<void>;
}) {
  return <Button icon={icon} kind={kind} title={text} onClick={onClick}><span class={lesser ? 'lesser' : undefined}>{text}</span></Button>;
}

function SelectionBar({ model }: { model: FilesModel }) {
  const { selection } = model;
  const items = selection.items;
  const [only] = items;
  const show = (dialog: FilesModel['dialog']['value']) => () => { model.dialog.value = dialog; };
  return (
    <div class="selection-bar" role="group" aria-label={t('files.selection')}>
      <IconButton icon={X} label={t('files.selection.clear')} onClick={() => selection.clear()} />
      <p class="grow truncate">{t('files.selected', { n: items.length, size: formatSize(selection.size.value) })}</p>
      <div class="row">
        <Act icon={Share2} text={t('action.share')} onClick={show({ kind: 'share', items })} />
        <Act lesser icon={Link} text={t('exchanges.fromFiles')} onClick={show({ kind: 'link', items })} />
        <Act lesser icon={Images} text={t('albums.add')} onClick={show({ kind: 'album', items })} />
        <Act icon={Download} text={t('action.download')} onClick={() => download(items)} />
        {items.length === 1 && only && (
          <>
            <Act lesser icon={Pencil} text={t('action.rename')} onClick={show({ kind: 'rename', item: only })} />
            <Act lesser icon={Info} text={t('files.details')} onClick={show({ kind: 'details', item: only })} />
            {only.version > 1 && <Act lesser icon={History} text={t('versions.title')} onClick={show({ kind: 'versions', item: only })} />}
          </>
        )}
        <Act icon={Trash2} kind="danger" text={t('action.delete')} onClick={() => model.remove(items)} />
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
