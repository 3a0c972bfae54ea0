// One file of an album, which can be dragged to another place; Alt with an arrow key moves it as well.
import { useEffect, useRef, useState } from 'preact/hooks';
import { BookImage } from 'lucide-preact';
import { type Asset } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { type Pressed, Tile } from '../../media/tile.tsx';
import { visible } from '../../ui/text.tsx';
import { type AlbumModel } from './album_model.ts';
import { dropped } from './order.ts';

const kType = 'application/x-kith-album';

function CoverMark() {
  return <span class="shared-mark" title={t('albums.cover')}><BookImage aria-hidden="true" /><span class="visually-hidden">{t('albums.cover')}</span></span>;
}

// Which half of the element the pointer is in, as one reads.
function sideOf(event: DragEvent, element: HTMLElement): 'before' | 'behind' {
  const { left, width } = element.getBoundingClientRect();
  const isFirst = event.clientX < left + width / 2;
  return isFirst === (getComputedStyle(element).direction === 'ltr') ? 'before' : 'behind';
}

function useDragging(model: AlbumModel, item: Asset) {
  const [side, setSide] = useState<'before' | 'behind'>();
  const dragged = () => (model.selection.has(item) ? model.selection.items : [item]).map(({ id }) => id);
  return {
    side,
    handlers: {
      draggable: true,
      onDragStart: ({ dataTransfer }: DragEvent) => {
        dataTransfer?.setData(kType, JSON.stringify(dragged()));
        if (dataTransfer) dataTransfer.effectAllowed = 'move';
      },
      onDragOver: (event: DragEvent & { currentTarget: HTMLElement }) => {
        if (!event.dataTransfer?.types.includes(kType)) return;
        event.preventDefault();
        setSide(sideOf(event, event.currentTarget));
      },
      onDragLeave: () => setSide(undefined),
      onDrop: (event: DragEvent & { currentTarget: HTMLElement }) => {
        setSide(undefined);
        const text = event.dataTransfer?.getData(kType);
        if (!text) return;
        event.preventDefault();
        const known = new Set(model.list.items.value.map(({ id }) => id));
        const ids = (JSON.parse(text) as unknown[]).filter((id): id is string => typeof id === 'string' && known.has(id));
        const move = dropped([...known], ids, item.id, sideOf(event, event.currentTarget));
        if (move) void model.move(move);
      },
    },
  };
}

export function AlbumEntry({ model, item }: { model: AlbumModel; item: Asset }) {
  const { selection, list } = model;
  const root = useRef<HTMLDivElement>(null);
  const { side, handlers } = useDragging(model, item);
  const wanted = model.focus.value === item.id;
  useEffect(() => {
    if (!wanted) return;
    root.current?.querySelector<HTMLElement>('.tile-open')?.focus({ preventScroll: true });
    model.focus.value = undefined;
  }, [wanted]);

  const select = ({ shift }: Pressed) => (shift ? selection.reach(list.items.value, item) : selection.toggle(item));
  const open = (pressed: Pressed) => {
    // While one selects, a click selects more; Enter always opens.
    if (pressed.shift || pressed.more || (selection.count.value > 0 && !pressed.byKeyboard)) return select(pressed);
    selection.startAt(item);
    model.viewing.value = item.id;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isOpener = event.target instanceof HTMLElement && event.target.matches('.tile-open');
    if (!isOpener || event.ctrlKey || event.metaKey) return;
    const by = event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : undefined;
    const act = event.altKey ? by && (() => void model.step(item, by))
      : event.key === ' ' ? () => select({ shift: event.shiftKey, more: true, byKeyboard: true })
      : event.key === 'Delete' && selection.count.value === 0 ? () => void model.remove([item])
      : undefined;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key === ' ' && event.target instanceof HTMLElement && event.target.matches('.tile-open')) event.preventDefault();
  };
  const name = visible(item.name);
  return (
    <div class={`entry album-entry${side ? ` drop-${side}` : ''}`} ref={root} onKeyDown={onKeyDown} onKeyUp={onKeyUp} {...handlers}>
      <Tile item={item} label={t('files.open', { name })} onOpen={open} selected={selection.has(item)} onSelect={select}
        selectLabel={t('files.select', { name })} marks={model.album.value?.cover === item.id && <CoverMark />} />
    </div>
  );
}
