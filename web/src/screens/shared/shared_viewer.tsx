// The viewer for what others share: to look at, download, and copy; what is withdrawn meanwhile is said.
import { useEffect, useRef } from 'preact/hooks';
import { Clock, Download, FolderPlus, Images } from 'lucide-preact';
import { handleOf } from '../../data/address.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { download } from '../../media/download.ts';
import { type MediaItem } from '../../media/item.ts';
import { Viewer } from '../../media/viewer.tsx';
import { IconButton } from '../../ui/button.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { saveCopies } from './save_copy.ts';
import { shortName } from './short_name.ts';

export type ShownItem = MediaItem & { owner: string; expires_at: string | null; album?: string | null | undefined };

function Actions({ item, onShown }: { item: ShownItem; onShown: (item: ShownItem) => void }) {
  useEffect(() => onShown(item), [item]);
  return (
    <>
      {item.album && <small class="shared-until album-from" title={visible(item.album)}><Images aria-hidden="true" /><span class="truncate">{t('albums.from', { name: visible(item.album) })}</span></small>}
      {item.expires_at && <small class="shared-until"><Clock aria-hidden="true" />{t('shared.until', { when: formatTime(item.expires_at) })}</small>}
      <IconButton icon={FolderPlus} label={t('shared.copy')} onClick={() => void saveCopies([item])} />
      <IconButton icon={Download} label={t('action.download')} onClick={() => void download([item])} />
    </>
  );
}

interface SharedViewerProps {
  items: readonly ShownItem[];
  start: string;
  onClose: (last: string | undefined) => void;
  onNearEnd?: () => void;
}

export function SharedViewer({ items, start, onClose, onNearEnd }: SharedViewerProps) {
  const shown = useRef<ShownItem>();
  useEffect(() => {
    const { current } = shown;
    if (!current || items.some(({ id }) => id === current.id)) return;
    shown.current = undefined;
    toast({ text: t('shared.withdrawn', { who: visible(handleOf(current.owner)), name: shortName(current.name) }) });
  }, [items]);
  return (
    <Viewer items={items} start={start} onClose={onClose} {...(onNearEnd && { onNearEnd })}
      actions={(item) => <Actions item={item} onShown={(now) => { shown.current = now; }} />} />
  );
}
