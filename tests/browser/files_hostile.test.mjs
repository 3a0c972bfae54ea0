// Names and content that others chose: shown as text, run nowhere.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceAtHome, choose, marker, onDisk, opener, openFiles, panel, selection, tile, toasts, viewer } from './lib/files_page.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

const NAMES = [
  '<img src=x onerror=alert(1)>.txt',
  '"><script>alert(1)<:script>.html',
  '\u202egnp.exe',
  'zero\u200bwidth.txt',
  `${'long'.repeat(62)}.txt`,
  '👨‍👩‍👧‍👦 🏖️.txt',
  '{n, plural, one {#} other {#}}.txt',
  '<b>bold</b> &amp;.txt'.replaceAll('/', ':'),
  'שלום 123 abc.txt',
  '%2e%2e%2fetc.txt',
  '#?&=;.txt',
  "it's ' quoted.txt",
];

story('hostile names are text on the grid, in the list, in dialogs, in the viewer and in news', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, Object.fromEntries(NAMES.map((name) => [name, 'x'])));
  const { page } = await openFiles(stage, home, alice);
  const shown = (name) => name.replace('\u202e', '⟨U+202E⟩').replace('\u200b', '⟨U+200B⟩');
  for (const view of ['Grid', 'List']) {
    await page.getByRole('button', { name: view, exact: true }).click();
    for (const name of NAMES) await tile(page, shown(name)).waitFor();
    await checkAccessibility(page);
    await shoot(page, `files-hostile-${view.toLowerCase()}`);
  }
  for (const name of NAMES) {
    await opener(page, shown(name)).click();
    await viewer(page).getByRole('heading', { name: shown(name), exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await viewer(page).waitFor({ state: 'detached' });
  }
  const [first] = NAMES;
  for (const name of [first, NAMES[4]]) {
    await tile(page, name).hover();
    await marker(page, name).click();
    await selection(page).getByRole('button', { name: 'Details' }).click();
    await page.getByRole('dialog').getByText(name, { exact: true }).waitFor();
    await shoot(page, name === first ? 'files-hostile-details' : 'files-long-details');
    await page.keyboard.press('Escape');
    await selection(page).getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('dialog', { name: 'Rename' }).waitFor();
    await shoot(page, name === first ? 'files-hostile-rename' : 'files-long-rename');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Delete');
    await toasts(page).getByText(`${name} deleted.`).waitFor();
    await page.setViewportSize({ width: 320, height: 640 });
    await checkNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

story('hostile names in the panel and in the question about names that exist', async (stage) => {
  const names = NAMES.filter((name) => Buffer.byteLength(name) < 250);
  const { home, alice } = await aliceAtHome(stage, Object.fromEntries(names.map((name) => [name, 'old'])));
  const { page } = await openFiles(stage, home, alice);
  const disk = onDisk(Object.fromEntries(names.map((name) => [name, 'new'])));
  await choose(page, names.map((name) => disk(name)));
  await page.getByRole('dialog', { name: `${names.length} names exist already` }).getByText(names[0], { exact: true }).waitFor();
  await shoot(page, 'upload-hostile-exists');
  await page.getByRole('button', { name: 'New versions' }).click();
  await panel(page).getByRole('heading', { name: `${names.length} files uploaded` }).waitFor();
  const { items } = await alice.get('/api/assets');
  assert.deepEqual(items.map(({ name, version }) => `${name} ${version}`).sort(), names.map((name) => `${name} 2`).sort());
});

story('pages, drawings and scripts never run', async (stage) => {
  const evil = '<script>parent.evil = window.evil = true; alert(1)</script><body onload="alert(2)">';
  const { home, alice } = await aliceAtHome(stage, {
    'page.html': `<!doctype html>${evil}`,
    'drawing.svg': `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(3)"><script>alert(4)</script></svg>`,
    'photo.jpg': `<!doctype html>${evil}`,
    'script.js': 'alert(5)',
    'feed.xml': `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(6)</script></html>`,
  });
  const { page, context, guard } = await openFiles(stage, home, alice);
  for (const name of ['page.html', 'drawing.svg', 'photo.jpg', 'script.js', 'feed.xml']) {
    await opener(page, name).click();
    await viewer(page).getByRole('heading', { name, exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await viewer(page).waitFor({ state: 'detached' });
  }
  // Opened by its address: saved, not shown.
  const { items } = await alice.get('/api/assets');
  for (const { id, name } of items) {
    const other = await context.newPage();
    const saved = other.waitForEvent('download');
    await other.goto(new URL(`api/assets/${id}/content`, home.url).href).catch(() => {});
    assert.equal((await saved).suggestedFilename(), name);
    await other.close();
  }
  assert.equal(await page.evaluate(() => window.evil), undefined);
  assert.deepEqual(await guard.problems(), []);
});
