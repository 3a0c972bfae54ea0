// Looks at files one after the other, over the page: arrow keys, Home, End, buttons or a finger turn, Escape and the
// browser's Back close.
//
//   <Viewer items={items} start={item.id} onClose={(last) => focus(last)} actions={(item) => …} onNearEnd={…} />
//
// `items` may grow, shrink and change while it is open; where the one that is shown goes, the next takes its place.
import { type ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ArrowLeft, ChevronLeft, ChevronRight } from 'lucide-preact';
import { formatNumber, formatSize, formatWallClock } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { contentHref, type MediaItem } from './item.ts';
import { Overlay, useBack } from './overlay.tsx';
import { PhotoShelf } from './photo_shelf.ts';
import { Stage } from './stage.tsx';
import { swipe } from './swipe.ts';

interface ViewerProps<Item extends MediaItem> {
  items: readonly Item[];
  start: string;                                       // the id of the first one shown
  onClose: (last: string | undefined) => void;         // the id of the last one shown; nothing when all are gone
  actions?: (item: Item) => ComponentChildren;
  onNearEnd?: () => void;                              // more items should be fetched
}

const kNearEnd = 10;  // items left

// Where in the list one is. It follows its item when the list changes, and stays where it is when that goes.
function usePlace<Item extends MediaItem>(items: readonly Item[], start: string) {
  const [id, setId] = useState(start);
  const last = useRef(0);
  const found = items[last.current]?.id === id ? last.current : items.findIndex((item) => item.id === id);
  const index = found >= 0 ? found : Math.min(last.current, items.length - 1);
  last.current = Math.max(0, index);
  const item = items[index];
  useEffect(() => { if (item && item.id !== id) setId(item.id); }, [item, id]);
  const turnTo = (to: number) => {
    const next = items[to];
    if (next) setId(next.id);
  };
  return { index, item, turnTo };
}

export function Viewer<Item extends MediaItem>({ items, start, onClose, actions, onNearEnd }: ViewerProps<Item>) {
  const { index, item, turnTo } = usePlace(items, start);
  const [shelf] = useState(() => new PhotoShelf());
  const close = useBack(() => onClose(item?.id));
  const neighbours = [items[index + 1], items[index - 1]].filter((one) => one !== undefined);

  useEffect(() => () => shelf.clear(), [shelf]);
  useEffect(() => { if (item) shelf.show(item, neighbours); }, [item && contentHref(item), neighbours.map(contentHref).join(' ')]);
  useEffect(() => { if (items.length - index <= kNearEnd) onNearEnd?.(); }, [index, items.length]);
  useEffect(() => { if (!item) close(); }, [item]);
  if (!item) return null;
  return (
    <Overlay>
      <Frame item={item} onTurn={(by) => turnTo(index + by)} onFirst={() => turnTo(0)} onLast={() => turnTo(items.length - 1)}
        hasPrevious={index > 0} hasNext={index < items.length - 1} onClose={close} actions={actions?.(item)}>
        <Stage key={contentHref(item)} item={item} shelf={shelf} onRetry={() => shelf.again(item, neighbours)} onBack={close} />
      </Frame>
    </Overlay>
  );
}

// "2.4 MB · 1 Jul 2024, 12:00 · Pixel 8 · 4,000 × 3,000 pixels", as far as it is known.
function Facts({ item: { size, captured_at: taken, camera, width, height } }: { item: MediaItem }) {
  const pixels = width && height ? t('photos.pixels', { width: formatNumber(width), height: formatNumber(height) }) : undefined;
  return (
    <>
      {formatSize(size)}
      {taken && ` · ${formatWallClock(taken)}`}
      {camera && <> · <UserText text={camera} /></>}
      {pixels && ` · ${pixels}`}
    </>
  );
}

interface FrameProps {
  item: MediaItem;
  hasPrevious: boolean;
  hasNext: boolean;
  onTurn: (by: 1 | -1) => void;
  onFirst: () => void;
  onLast: () => void;
  onClose: () => void;
  actions: ComponentChildren;
  children: ComponentChildren;
}

// Keys work wherever the focus is, also where a button took it along when it went; questions and menus have their own.
function useViewerKeys(acts: Record<string, () => void>) {
  const latest = useRef(acts);
  latest.current = acts;
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (target instanceof Element && target.closest('dialog, .menu')) return;
      if (target instanceof HTMLMediaElement && event.key !== 'Escape') return;   // arrows wind it
      const act = latest.current[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

function Frame({ item, hasPrevious, hasNext, onTurn, onFirst, onLast, onClose, actions, children }: FrameProps) {
  const root = useRef<HTMLDivElement>(null);
  const turn = useRef(onTurn);
  turn.current = onTurn;
  const [finger] = useState(() => swipe((by) => turn.current(by)));
  useViewerKeys({ Escape: onClose, ArrowLeft: () => onTurn(-1), ArrowRight: () => onTurn(1), Home: onFirst, End: onLast });
  useLayoutEffect(() => root.current?.focus(), []);
  // The buttons that turn go at the first and the last one, and take the focus along.
  useEffect(() => { if (document.activeElement === document.body) root.current?.focus(); }, [hasPrevious, hasNext]);
  return (
    <div class="viewer" ref={root} role="dialog" aria-modal="true" aria-label={t('media.viewer', { name: visible(item.name) })} tabIndex={-1}>
      <div class="viewer-head">
        <IconButton icon={ArrowLeft} label={t('media.close')} onClick={onClose} />
        <div class="viewer-title grow">
          <p class="truncate" aria-live="polite"><UserText text={item.name} /></p>
          <small class="muted truncate"><Facts item={item} /></small>
        </div>
        <div class="viewer-actions row">{actions}</div>
      </div>
      <div class="viewer-stage" {...finger}>{children}</div>
      {hasPrevious && (
        <div class="viewer-turn previous"><IconButton icon={ChevronLeft} label={t('media.previous')} onClick={() => onTurn(-1)} /></div>
      )}
      {hasNext && (
        <div class="viewer-turn next"><IconButton icon={ChevronRight} label={t('media.next')} onClick={() => onTurn(1)} /></div>
      )}
    </div>
  );
}
