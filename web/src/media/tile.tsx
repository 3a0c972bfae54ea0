// A file in a grid: its picture, its name beneath, a mark that selects it, small marks in the corner. Opening is the
// caller's; so is what the marks say.
import { type ComponentChildren } from 'preact';
import { Check } from 'lucide-preact';
import { UserText, visible } from '../ui/text.tsx';
import { type MediaItem } from './item.ts';
import { Thumbnail } from './thumbnail.tsx';

// What a click meant beside opening: with Shift a range, with Ctrl (or Cmd) one more.
export interface Pressed { shift: boolean; more: boolean; byKeyboard: boolean }

export function pressedOf(event: MouseEvent): Pressed {
  return { shift: event.shiftKey, more: event.ctrlKey || event.metaKey, byKeyboard: event.detail === 0 };
}

interface TileProps {
  item: MediaItem;
  label: string;                                   // "Open beach.jpg"
  onOpen: (pressed: Pressed) => void;
  selected?: boolean;
  onSelect?: (pressed: Pressed) => void;           // without it, nothing can be selected
  selectLabel?: string;
  marks?: ComponentChildren;
}

export function Tile({ item, label, onOpen, selected, onSelect, selectLabel, marks }: TileProps) {
  return (
    <div class={`tile${selected ? ' selected' : ''}`} data-id={item.id}>
      <button type="button" class="tile-open" aria-label={label} title={visible(item.name)} onClick={(event) => onOpen(pressedOf(event))}>
        <Thumbnail item={item} />
        <span class="tile-name truncate"><UserText text={item.name} /></span>
      </button>
      {marks && <span class="tile-marks">{marks}</span>}
      {onSelect && <SelectMark selected={selected ?? false} label={selectLabel ?? label} onSelect={onSelect} />}
    </div>
  );
}

export function SelectMark({ selected, label, onSelect }: { selected: boolean; label: string; onSelect: (pressed: Pressed) => void }) {
  return (
    <button type="button" class="select-mark" role="checkbox" aria-checked={selected} aria-label={label}
      onClick={(event) => onSelect(pressedOf(event))}>
      <Check aria-hidden="true" />
    </button>
  );
}
