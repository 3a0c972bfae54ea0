// Copies what others share to one's own files: fetched by the page, then uploaded under its name like any other file,
// which asks where that name exists already. The page holds the content meanwhile, so it is bounded.
import { effect } from '@preact/signals';
import { userId } from '../../api/session.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { type Target } from '../../media/disk.ts';
import { download } from '../../media/download.ts';
import { addDownloads, cancelDownload, type Download, downloads, isOver } from '../../media/downloads.ts';
import { type MediaItem } from '../../media/item.ts';
import { contentProblemText } from '../../media/problem.ts';
import { ask } from '../../ui/ask.tsx';
import { toast } from '../../ui/toasts.tsx';
import { upload } from '../../upload/intake.ts';
import { fittingCopies, kMostCopied } from './copy_limits.ts';
import { shortName } from './short_name.ts';

// Collects one file's content; hands it on once it is whole.
function memory(item: MediaItem, take: (file: File) => void): Target {
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (piece) => { pieces.push(piece); },
    finish: async () => {
      take(new File(pieces, item.name, { type: item.media_type }));
      pieces = [];
    },
    discard: async () => { pieces = []; },
  };
}

function tellFailed({ item, state }: Download): void {
  if (state.value.kind !== 'failed') return;
  toast({ kind: 'danger', text: t('shared.copy.failed', { name: shortName(item.name), why: contentProblemText(item, state.value.problem) }) });
}

// Fetches one after the other; those that came are uploaded together, so that names are asked about once.
function fetchAll(items: readonly MediaItem[]): void {
  const files: File[] = [];
  const who = userId();
  const wanted = items.map((item) => ({ item, open: async () => memory(item, (file) => files.push(file)) }));
  const opens = new Set(wanted.map(({ open }) => open));
  addDownloads(wanted);
  const stop = effect(() => {
    const ours = downloads.value.filter(({ open }) => opens.has(open));
    if (!ours.every(({ state }) => isOver(state.value))) return;
    // Not while the effect runs that this would start anew.
    queueMicrotask(() => {
      stop();
      if (userId() !== who) return;
      for (const one of ours) {
        tellFailed(one);
        cancelDownload(one);
      }
      void upload(files.map((file) => ({ file, folder: '' })));
    });
  });
}

async function explainLarge(items: readonly MediaItem[]): Promise<void> {
  const [first] = items;
  if (!first) return;
  const names = { n: items.length, name: shortName(first.name), size: formatSize(first.size), most: formatSize(kMostCopied) };
  const wanted = await ask({ title: t('shared.copy.large', names), text: t('shared.copy.largeText', names), yes: t('action.download') });
  if (wanted) await download(items);
}

export async function saveCopies(items: readonly MediaItem[]): Promise<void> {
  const { fitting, tooLarge } = fittingCopies(items);
  const [first] = fitting;
  if (first) {
    toast({ text: t('shared.copy.started', { n: fitting.length, name: shortName(first.name) }) });
    fetchAll(fitting);
  }
  await explainLarge(tooLarge);
}
