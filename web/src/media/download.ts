// download(items): asks the daemon first whether each of them can be had, so that a peer that is down or a file that was
// withdrawn is told in words and leaves no broken file. Then
//   - several of one's own come as one ZIP;
//   - a large one, or many of somebody else's, are written to disk by the page, where the browser can: one sees progress
//     and can cancel;
//   - all else is the browser's own download.
import { call } from '../api/client.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { inParallel } from '../data/in_parallel.ts';
import { t } from '../i18n/index.ts';
import { visible } from '../ui/text.tsx';
import { toast } from '../ui/toasts.tsx';
import { downloadArchive } from './archive.ts';
import { chooseFile, chooseFolder, fileIn } from './disk.ts';
import { addDownloads } from './downloads.ts';
import { contentHref, foreignOwner, type MediaItem } from './item.ts';
import { contentProblemText } from './problem.ts';
import { saveByBrowser } from './save.ts';

const kLarge = 8 * 1024 * 1024;  // bytes
const kMany = 3;
const kPause = 400;              // milliseconds between two downloads of the browser, which drops what comes faster

export async function download(items: readonly MediaItem[]): Promise<void> {
  const there = await available(items);
  if (there.length === 0) return;
  if (there.length > 1 && !there.some(foreignOwner)) return asArchive(there);
  const size = there.reduce((sum, item) => sum + item.size, 0);
  try {
    if (there.length > kMany && window.showDirectoryPicker) return await intoFolder(there);
    const [only] = there;
    if (there.length === 1 && only && size > kLarge && window.showSaveFilePicker) return await intoFile(only);
  } catch {
    // The click was too long ago for the browser to ask where.
  }
  await byBrowser(there);
}

// As they are now, for those that can be had. Tells about the others.
async function available(items: readonly MediaItem[]): Promise<MediaItem[]> {
  const failed: { item: MediaItem; problem: Problem }[] = [];
  const found = await inParallel(items, async (item): Promise<MediaItem | undefined> => {
    const owner = foreignOwner(item);
    try {
      return await call('get', '/api/assets/{id}', { path: { id: item.id }, query: owner ? { owner } : {} });
    } catch (reason) {
      failed.push({ item, problem: asProblem(reason) });
      return undefined;
    }
  });
  const first = failed[0];
  if (first) {
    const why = contentProblemText(first.item, first.problem);
    const text = items.length === 1 ? why : t('download.notAll', { n: failed.length, all: items.length, name: visible(first.item.name), why });
    toast({ kind: 'danger', text });
  }
  return found.filter((item) => item !== undefined);
}

async function asArchive(items: MediaItem[]): Promise<void> {
  try {
    await downloadArchive(items.map(({ id }) => id));
  } catch (reason) {
    toast({ kind: 'danger', text: problemText(asProblem(reason)) });
  }
}

async function intoFile(item: MediaItem): Promise<void> {
  const target = await chooseFile(item.name);
  if (target) addDownloads([{ item, open: async () => target }]);
}

async function intoFolder(items: MediaItem[]): Promise<void> {
  const folder = await chooseFolder();
  if (folder) addDownloads(items.map((item) => ({ item, open: () => fileIn(folder, item.name) })));
}

async function byBrowser(items: MediaItem[]): Promise<void> {
  for (const [at, item] of items.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, kPause));
    saveByBrowser(contentHref(item), item.name);
  }
}
