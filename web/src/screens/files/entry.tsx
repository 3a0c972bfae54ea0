// One file of the grid or the list, with what clicks and keys do to it.
import { useEffect, useRef } from 'preact/hooks';
import { Users } from 'lucide-preact';
import { type Asset } from '../../api/types.ts';
import { formatDate, formatList, formatSize, formatTime, formatWallClock, formatWallDate } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Thumbnail } from '../../media/thumbnail.tsx';
import { type Pressed, pressedOf, SelectMark, Tile } from '../../media/tile.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { type FilesModel } from './model.ts';

// Who else sees it.
function SharedMark({ item, names }: { item: Asset; names?: boolean }) {
  const people = item.shared_with.map(visible);
  if (people.length === 0) return null;
  const text = t('files.sharedWith', { names: formatList(people) });
  return (
    <span class="shared-mark" title={text}>
      <Users aria-hidden="true" />
      {names ? <span class="truncate">{formatList(people)}</span> : people.length > 1 && <span aria-hidden="true">{people.length}</span>}
      {!names && <span class="visually-hidden">{text}</span>}
    </span>
  );
}

export function Entry({ model, item }: { model: FilesModel; item: Asset }) {
  const { selection, list } = model;
  const root = useRef<HTMLDivElement>(null);
  const selected = selection.has(item);
  const wanted = model.focus.value === item.id;
  useEffect(() => {
    if (!wanted) return;
    root.current?.querySelector<HTMLElement>('.entry-open, .tile-open')?.focus({ preventScroll: true });
    model.focus.value = undefined;
  }, [wanted]);

  const select = ({ shift }: Pressed) => (shift ? selection.reach(list.items.value, item) : selection.toggle(item));
  const open = (pressed: Pressed) => {
    // While one selects, a click selects more; Enter always opens.
    const selecting = pressed.shift || pressed.more || (selection.count.value > 0 && !pressed.byKeyboard);
    if (selecting) return select(pressed);
    selection.startAt(item);
    model.viewing.value = item.id;
  };
  // The mark that selects is a button as well, and takes its keys itself.
  const isOpener = ({ target }: Event) => target instanceof HTMLElement && target.matches('.entry-open, .tile-open');
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpener(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === ' ') {
      event.preventDefault();   // no click: Space selects, Enter opens
      select({ shift: event.shiftKey, more: true, byKeyboard: true });
    } else if (event.key === 'Delete' && selection.count.value === 0) {
      event.preventDefault();
      void model.remove([item]);
    } else if (event.key === 'F2' && selection.count.value === 0) {
      event.preventDefault();
      model.dialog.value = { kind: 'rename', item };
    }
  };
  const onKeyUp = (event: KeyboardEvent) => { if (event.key === ' ' && isOpener(event)) event.preventDefault(); };
  const name = visible(item.name);
  const props = { item, selected, onSelect: select, onOpen: open, selectLabel: t('files.select', { name }) };
  return (
    <div class="entry" ref={root} onKeyDown={onKeyDown} onKeyUp={onKeyUp}>
      {model.view.value === 'grid'
        ? <Tile {...props} label={t('files.open', { name })} marks={<SharedMark item={item} />} />
        : <Row {...props} byTime={model.isByTime} />}
    </div>
  );
}

interface RowProps {
  item: Asset;
  selected: boolean;
  selectLabel: string;
  byTime: boolean;
  onSelect: (pressed: Pressed) => void;
  onOpen: (pressed: Pressed) => void;
}

// When it came, or of photos when it was taken.
function DateOf({ item, byTime }: { item: Asset; byTime: boolean }) {
  const taken = byTime ? item.captured_at : undefined;
  return (
    <time class="file-row-date" dateTime={taken ?? item.created_at} title={taken ? formatWallClock(taken) : formatTime(item.created_at)}>
      {taken ? formatWallDate(taken) : formatDate(item.created_at)}
    </time>
  );
}

function Row({ item, selected, selectLabel, byTime, onSelect, onOpen }: RowProps) {
  const name = visible(item.name);
  return (
    <div class={`file-row${selected ? ' selected' : ''}`} data-id={item.id}>
      <SelectMark selected={selected} label={selectLabel} onSelect={onSelect} />
      <button type="button" class="entry-open" aria-label={t('files.open', { name })} title={name} onClick={(event) => onOpen(pressedOf(event))}>
        <span class="file-row-picture"><Thumbnail item={item} /></span>
        <span class="truncate"><UserText text={item.name} /></span>
      </button>
      <span class="file-row-shared"><SharedMark item={item} names /></span>
      <span class="file-row-size">{formatSize(item.size)}</span>
      <DateOf item={item} byTime={byTime} />
    </div>
  );
}
