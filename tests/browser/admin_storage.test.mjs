// Administration: what lies on the disk and whose it is, backups and damage; what the server finds about itself.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { checkAccessibility } from './lib/a11y.mjs';
import { focused } from './lib/focus.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

const HOSTILE = `<img src=x onerror=alert(1)>\u202e${'x'.repeat(300)}`;
const HOSTILE_SHOWN = '<img src=x onerror=alert(1)>⟨U+202E⟩xxx';

async function openAdmin(stage, home, admin, part, options = {}) {
  const window = await stage.open(home, { as: admin, path: `#/admin/${part}`, ...options });
  await window.page.locator('main h1').waitFor();
  return window;
}

const card = (page, name) => page.getByRole('region', { name, exact: true });
const lookAgain = (page) => page.getByRole('button', { name: 'Look again' }).click();

// The stored content of that many bytes.
function blobOf(home, size) {
  const folder = path.join(home.directory, 'data', 'blobs');
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const found = files.map((one) => path.join(one.path, one.name)).filter((file) => fs.statSync(file).size === size);
  assert.equal(found.length, 1, `one file of ${size} bytes in ${folder}`);
  return found[0];
}

story('an admin sees what lies where, makes a backup, and mends a damaged file with it', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const bob = await home.addUser('bob');
  const content = 'b'.repeat(2000);
  await bob.upload('of-bob.txt', content);
  await ada.ok('PATCH', `/api/admin/users/${bob.id}`, { body: { quota_bytes: 2100 } });
  const { page } = await openAdmin(stage, home, ada, 'storage');
  await card(page, 'Disk').getByText(/^\d.* of .* are free for files\.$/).waitFor();
  await card(page, 'Disk').getByText(home.directory).waitFor();
  await card(page, 'What lies here').getByText('1 file, 2 kB').waitFor();
  const rows = card(page, 'Who uses how much').getByRole('listitem');
  await rows.nth(0).getByText('2 kB of 2.1 kB used').waitFor();
  await rows.nth(1).getByText('ada@mail.example').waitFor();
  assert.equal(await page.getByRole('progressbar', { name: 'Used by bob' }).getAttribute('aria-valuenow'), '95');
  await card(page, 'Backup').getByText('There is no backup yet').waitFor();
  await page.getByText('That was never looked at as yet.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-storage', { fullPage: true });

  const backups = path.join(home.directory, 'backups');
  await home.command(['backup', backups]);
  await lookAgain(page);
  await card(page, 'Backup').getByText(/^The last one was made/).waitFor();
  await page.getByText('There is no backup yet').waitFor({ state: 'detached' });

  const file = blobOf(home, content.length);
  fs.rmSync(file);  // a backup may have it by another name
  fs.writeFileSync(file, 'x'.repeat(content.length));
  await assert.rejects(home.command(['verify']), 'damage makes it fail');
  await lookAgain(page);
  await page.getByText('1 file is damaged').waitFor();
  await page.getByText('kithd verify --repair-from').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-storage-damaged', { fullPage: true });
  await home.command(['verify', '--repair-from', backups]);
  await lookAgain(page);
  await page.getByText('No file is damaged, as far as is known').waitFor();
  await page.getByText('1 file is damaged').waitFor({ state: 'detached' });
  assert.equal((await bob.request('GET', '/files/of-bob.txt')).body.toString(), content);
});

story('health: what the server really finds has words in both languages, and is asked for again with the keyboard', async (stage) => {
  const home = await stage.instance({ name: 'Zuhause' });
  const ada = await home.addUser('ada', { admin: true });
  await ada.upload('of-ada.txt', 'a');
  for (const [locale, again, never] of [['en-GB', 'Check again', 'No backup was ever made.'], ['de-DE', 'Noch einmal prüfen', 'Es wurde noch nie eine Sicherung gemacht.']]) {
    const { page } = await openAdmin(stage, home, ada, 'health', { locale, viewport: 'narrow' });
    await page.getByText(never).waitFor();
    await page.locator('.checks-fine summary').click();
    await page.locator('.checks-fine[open]').waitFor();
    const { version, checks } = await ada.get('/api/admin/health');
    assert.equal(await page.locator('.checks > li').count(), checks.length);
    assert.deepEqual(await page.locator('.checks [lang=en]').allInnerTexts(), [], 'the daemon’s own words are for what the page does not know');
    await page.locator('dd', { hasText: version }).first().waitFor();
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    await checkNoSidewaysScroll(page);
    await checkAccessibility(page);
    const button = page.getByRole('button', { name: again });
    await button.focus();
    await focused(button);
    const asked = page.waitForResponse((answer) => answer.url().endsWith('/api/admin/health'));
    await page.keyboard.press('Enter');
    assert.equal((await asked).status(), 200);
  }
});

const check = (name, state, code, values = {}, text = 'In the words of the daemon.') => ({ check: name, state, code, values, text });

story('health: the worst comes first, and what others wrote stays text', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const { page } = await openAdmin(stage, home, ada, 'storage');
  const found = [
    check('clock', 'ok', 'ok'),
    check('dns', 'unknown', 'no_answer', { host: 'kith.example' }),
    check('backup', 'warning', 'old', { days: '40', last_at: '2026-05-01T03:00:00.000Z' }),
    check('something_new', 'warning', 'odd', {}, `New: ${HOSTILE}`),
    check('permissions', 'error', 'file_open', { path: HOSTILE }),
    check('certificate', 'error', 'expired', { domain: 'kith.example', expires_at: '2026-05-01T03:00:00.000Z' }),
  ];
  let answer = found;
  await page.route('**/api/admin/health', (route) => route.fulfill({ json: { version: HOSTILE, started_at: '2026-05-01T03:00:00.000Z', checks: answer } }));
  await page.getByRole('link', { name: 'Health' }).click();
  await page.getByText('2 things must be mended. 2 things are worth a look. 1 thing could not be found out.').waitFor();
  await page.getByText('1 thing is fine').waitFor();
  const titles = await page.locator('.what:not(.checks-fine *)').allInnerTexts();
  assert.deepEqual(titles, ['Rights of files', 'Certificate', 'Backup', 'something new', 'Name']);
  await page.getByText(`Other users of this machine may read ${HOSTILE_SHOWN}`).waitFor();
  await page.getByText(`New: ${HOSTILE_SHOWN}`).waitFor();
  await page.getByText(/^The certificate ran out on 1 May 2026, 05:00,/).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'admin-health-found', { fullPage: true });

  answer = [check('clock', 'ok', 'ok')];
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByRole('status').getByText('All is well').waitFor();
  await page.getByText('must be mended').waitFor({ state: 'detached' });
  await shoot(page, 'admin-health-fine');
});

story('storage: a full disk and hostile names, in German at 320 px', async (stage) => {
  const home = await stage.instance({ name: 'Zuhause' });
  const ada = await home.addUser('ada', { admin: true });
  const { page } = await openAdmin(stage, home, ada, 'health', { locale: 'de-DE', viewport: 'narrow' });
  const real = await ada.get('/api/admin/storage');
  const user = { ...real.users[0], handle: HOSTILE, email: `${HOSTILE}@mail.example`, used_bytes: 5e9, quota_bytes: 4e9 };
  const disk = { path: `/data/${HOSTILE}`, total_bytes: 1e12, free_bytes: 1e9, keep_free_bytes: 2e9 };
  await page.route('**/api/admin/storage', (route) => route.fulfill({ json: { ...real, disk, users: [user] } }));
  await page.getByRole('link', { name: 'Speicher' }).click();
  await page.getByText('Die Festplatte ist voll: Neue Dateien werden nicht angenommen').waitFor();
  await page.getByText('5 GB von 4 GB belegt').waitFor();
  await page.getByText(HOSTILE_SHOWN).first().waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await checkNoSidewaysScroll(page);
  await checkAccessibility(page);
  await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
  await shoot(page, 'admin-storage-full', { narrow: false, fullPage: true });
});

story('the server is away: storage and health say so and go on; who is no admin sees neither', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const bob = await home.addUser('bob');
  const { page: bobs } = await stage.open(home, { as: bob, path: '#/admin/storage' });
  await bobs.getByRole('heading', { level: 1, name: 'Files' }).waitFor();
  await bobs.close();
  const { page, guard } = await openAdmin(stage, home, ada, 'log');
  await page.getByRole('list', { name: 'Audit log' }).getByText('Logged in').first().waitFor();
  await home.stop();
  guard.allow('failed');
  guard.allow('console');
  await page.getByRole('link', { name: 'Storage' }).click();
  await page.getByText('This server did not answer.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-storage-offline');
  await home.start();
  await page.getByRole('button', { name: 'Try again' }).click();
  await card(page, 'Disk').waitFor();
  await page.getByText('This server did not answer.').waitFor({ state: 'detached' });
  await home.stop();
  await page.getByRole('link', { name: 'Health' }).click();
  const checks = card(page, 'Is all well?');
  await checks.getByText('This server did not answer.').waitFor();
  await checkAccessibility(page);
  await home.start();
  await checks.getByRole('button', { name: 'Check again' }).click();
  await checks.getByText('Started').waitFor();
});
