// Copies what somebody else shares to one's own files: fetched by the page, then uploaded under its name like any other
// file, which asks where that name exists already. The page holds the content meanwhile, so it is bounded.
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { type Target } from '../../media/disk.ts';
import { download } from '../../media/download.ts';
import { addDownloads } from '../../media/downloads.ts';
import { type MediaItem } from '../../media/item.ts';
import { ask } from '../../ui/ask.tsx';
import { visible } from '../../ui/text.tsx';
import { upload } from '../../upload/intake.ts';

export const kMostCopied = 64 * 1024 * 1024;   // bytes of one file

// Collects the content; once it is whole, hands it to the uploads.
function memory(item: MediaItem): Target {
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (piece) => { pieces.push(piece); },
    finish: async () => {
      const file = new File(pieces, item.name, { type: item.media_type });
      pieces = [];
      void upload([{ file, folder: '' }]);
    },
    discard: async () => { pieces = []; },
  };
}

async function explainLarge(items: readonly MediaItem[]): Promise<void> {
  const [first] = items;
  if (!first) return;
  const names = { n: items.length, name: visible(first.name), size: formatSize(first.size), most: formatSize(kMostCopied) };
  const wanted = await ask({ title: t('shared.copy.large', names), text: t('shared.copy.largeText', names), yes: t('action.download') });
  if (wanted) await download(items);
}

export async function saveCopies(items: readonly MediaItem[]): Promise<void> {
  const small = items.filter(({ size }) => size <= kMostCopied);
  addDownloads(small.map((item) => ({ item, open: async () => memory(item) })));
  await explainLarge(items.filter(({ size }) => size > kMostCopied));
}
