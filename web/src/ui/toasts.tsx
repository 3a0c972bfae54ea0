// Short news at the foot of the window, with at most one action ("Undo"). They stay for a while that does not pass while
// one points at them, has the focus on them, or looks at another tab. <Toasts/> stands once in the page.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { X } from 'lucide-preact';
import { whenUserLeaves } from '../api/session.ts';
import { t } from '../i18n/index.ts';
import { Button, IconButton } from './button.tsx';

export interface Toast {
  text: string;
  kind?: 'plain' | 'danger';
  action?: { text: string; act: () => void | Promise<void> };
}

const kShown = 10_000;  // milliseconds
const kMost = 3;        // at a time; older ones make room
let lastId = 0;
const toasts = signal<(Toast & { id: number })[]>([]);

export function toast(news: Toast): void {
  removableToast(news);
}

// What it returns takes it away again, before its time.
export function removableToast(news: Toast): () => void {
  const id = ++lastId;
  toasts.value = [...toasts.value.slice(1 - kMost), { ...news, id }];
  return () => dismiss(id);
}

function dismiss(id: number) {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

whenUserLeaves(() => { toasts.value = []; });

function ToastRow({ news, onLeft }: { news: Toast & { id: number }; onLeft: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let left = kShown;
    const step = 250;
    const timer = setInterval(() => {
      const held = document.hidden || element.current?.matches(':hover, :focus-within');
      if (!held) left -= step;
      if (left <= 0) dismiss(news.id);
    }, step);
    return () => clearInterval(timer);
  }, [news.id]);
  const { action } = news;
  const leave = () => {
    dismiss(news.id);
    onLeft();
  };
  return (
    <div ref={element} class={`toast${news.kind === 'danger' ? ' danger' : ''}`}>
      <span class="grow">{news.text}</span>
      {action && <Button small onClick={async () => { leave(); await action.act(); }}>{action.text}</Button>}
      <IconButton icon={X} label={t('action.close')} small onClick={leave} />
    </div>
  );
}

export function Toasts() {
  const before = useRef<EventTarget | null>(null);
  const remember = (event: FocusEvent & { currentTarget: HTMLElement }) => {
    const from = event.relatedTarget;
    if (!(from instanceof Node && event.currentTarget.contains(from))) before.current = from;
  };
  // Whoever used a button of a toast goes on where they were, or at the start of what the screen shows.
  const goBack = () => {
    const from = before.current;
    const place = from instanceof HTMLElement && from.isConnected ? from : document.querySelector<HTMLElement>('main');
    place?.focus({ preventScroll: true });
  };
  return (
    <div class="toasts" role="status" aria-live="polite" onFocusIn={remember}>
      {toasts.value.map((news) => <ToastRow key={news.id} news={news} onLeft={goBack} />)}
    </div>
  );
}
