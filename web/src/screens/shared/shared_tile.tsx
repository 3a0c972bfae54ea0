import { Clock, Images } from 'lucide-preact';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { type Pressed, Tile } from '../../media/tile.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { type ShownItem } from './shared_viewer.tsx';

// Until when it can be seen.
function UntilMark({ at }: { at: string }) {
  const text = t('shared.until', { when: formatTime(at) });
  return <span class="shared-mark" title={text}><Clock aria-hidden="true" /><span class="visually-hidden">{text}</span></span>;
}

// Which of their albums shows it.
function AlbumMark({ name }: { name: string }) {
  const text = t('albums.from', { name: visible(name) });
  return (
    <span class="shared-mark album-mark" title={text}>
      <Images aria-hidden="true" /><span class="truncate" aria-hidden="true"><UserText text={name} /></span><span class="visually-hidden">{text}</span>
    </span>
  );
}

function withoutPicture(item: ShownItem): ShownItem {
  return { ...item, has_thumbnail: false, media_type: '' };
}

interface SharedTileProps {
  item: ShownItem;
  pictures: boolean;
  onOpen: (item: ShownItem, pressed: Pressed) => void;
  selected?: boolean;
  onSelect?: (item: ShownItem, pressed: Pressed) => void;
}

export function SharedTile({ item, pictures, onOpen, selected, onSelect }: SharedTileProps) {
  const name = visible(item.name);
  const selecting = onSelect && {
    selected: selected ?? false, selectLabel: t('shared.select', { name }), onSelect: (pressed: Pressed) => onSelect(item, pressed),
  };
  return (
    <Tile item={pictures ? item : withoutPicture(item)} label={t('shared.open', { name })} onOpen={(pressed) => onOpen(item, pressed)}
      marks={(item.album || item.expires_at) && (
        <>
          {item.album && <AlbumMark name={item.album} />}
          {item.expires_at && <UntilMark at={item.expires_at} />}
        </>
      )} {...selecting} />
  );
}
