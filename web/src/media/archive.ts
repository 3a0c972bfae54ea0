// Several of one's own files as one ZIP, which the daemon makes as it is sent; the browser downloads it as any file, with
// its own progress.
import { call } from '../api/client.ts';
import { urlOf } from '../api/base.ts';
import { saveByBrowser } from './save.ts';

const kMost = 500;    // files the daemon takes in one request
const kPause = 400;   // milliseconds between two downloads of the browser, which drops what comes faster

// Throws the daemon's Problem. More files than fit one archive come as several.
export async function downloadArchive(ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += kMost) {
    if (from > 0) await new Promise((resolve) => setTimeout(resolve, kPause));
    const archive = await call('post', '/api/archives', { body: { asset_ids: ids.slice(from, from + kMost) } });
    saveByBrowser(urlOf(archive.url.replace(/^\//, '')).href, archive.name);
  }
}
