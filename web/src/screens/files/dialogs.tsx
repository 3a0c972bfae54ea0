import { AddToAlbumDialog } from '../albums/add_dialog.tsx';
import { lazy } from '../../shell/lazy.tsx';
import { ShareDialog } from '../shared/share_dialog.tsx';
import { DetailsDialog } from './details_dialog.tsx';
import { type FilesModel } from './model.ts';
import { RenameDialog } from './rename_dialog.tsx';
import { VersionsDialog } from './versions_dialog.tsx';

const GiveDialog = lazy(async () => (await import('../exchanges/give_dialog.tsx')).GiveDialog);

// The one dialog that is open.
export function Dialogs({ model }: { model: FilesModel }) {
  const open = model.dialog.value;
  if (!open) return null;
  const close = () => { model.dialog.value = undefined; };
  switch (open.kind) {
    case 'rename': return <RenameDialog item={open.item} onClose={close} onDone={(item) => model.list.put([item])} />;
    case 'details':
      return <DetailsDialog item={open.item} onClose={close} onVersions={() => { model.dialog.value = { kind: 'versions', item: open.item }; }} />;
    case 'versions': return <VersionsDialog item={open.item} onClose={close} onRestored={(item) => model.list.put([item])} />;
    case 'album':
      return <AddToAlbumDialog items={open.items} onClose={close} onDone={() => { close(); model.selection.clear(); }} />;
    case 'share': return <ShareDialog assets={open.items} onClose={close} />;
    case 'link': return <GiveDialog assets={open.items} onClose={close} />;
  }
}
