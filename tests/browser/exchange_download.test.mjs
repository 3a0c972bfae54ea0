// Fetching files with a link, without an account.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, bring, checkKeptSecret, file, offer, openLink, saved } from './lib/exchange_page.mjs';
import { bytes } from './lib/files_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

const fetchButton = (page, name) => page.getByRole('button', { name: `Download ${name}`, exact: true });

story('files from alice: each, and all as one ZIP', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const film = bytes(3_000_000);
  const made = await offer(alice, { 'film.mp4': film, 'letter.txt': 'Dear Bob' }, { note: 'From the lake.\nEnjoy!', max_downloads: 5 });
  const window = await openLink(stage, home, made.download_page);
  const { page } = window;
  await page.getByRole('heading', { name: 'Files from alice', level: 1 }).waitFor();
  await page.getByText('On the server Home').waitFor();
  await page.getByText(home.domain).waitFor();
  await page.getByText('Enjoy!', { exact: true }).waitFor();
  await page.getByRole('heading', { name: '2 files · 3 MB' }).waitFor();
  await file(page, 'letter.txt').getByText('Text · 8 bytes').waitFor();
  await page.getByText('(in 7 days)').waitFor();
  await page.getByText('5 of each file').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'exchange-download', { fullPage: true });

  const letter = await saved(page, () => fetchButton(page, 'letter.txt').click());
  assert.equal(letter.name, 'letter.txt');
  assert.equal(fs.readFileSync(letter.path, 'utf8'), 'Dear Bob');
  await file(page, 'letter.txt').getByText('Your browser is downloading it.').waitFor();
  const got = await saved(page, () => fetchButton(page, 'film.mp4').click());
  assert.deepEqual(fs.readFileSync(got.path), film);
  await page.getByText('4 of each file').waitFor();
  const all = await saved(page, () => page.getByRole('button', { name: 'Download all 2 files as ZIP' }).click());
  assert.match(all.name, /\.zip$/);
  assert.equal(fs.readFileSync(all.path).subarray(0, 2).toString(), 'PK');
  await page.getByText('3 of each file').waitFor();
  await checkKeptSecret(window);
});

story('German, and by keyboard alone', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'brief.txt': 'Hallo' });
  const { page } = await openLink(stage, home, made.download_page, { locale: 'de-DE' });
  await page.getByRole('heading', { name: 'Dateien von alice' }).waitFor();
  await page.getByRole('heading', { name: '1 Datei' }).waitFor();
  await shoot(page, 'exchange-download-german');
  await page.keyboard.press('Tab');
  await focusBecomes(page, (one) => one?.getAttribute('aria-label'), 'brief.txt herunterladen');
  const got = await saved(page, () => page.keyboard.press('Enter'));
  assert.equal(fs.readFileSync(got.path, 'utf8'), 'Hallo');
});

story('hostile names, notes and people are shown as text', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const names = ['<img src=x onerror=alert(1)>.png', 'photo\u202egpj.exe', `${'long'.repeat(60)}.txt`, '👩‍👩‍👧 family.jpg'];
  const made = await offer(alice, Object.fromEntries(names.map((name) => [name, name])), { note: `<script>alert(1)</script> \u202eabc ${'x'.repeat(600)}` });
  const from = { person: '<b>Al\u202eice</b>', instance: `<script>alert(1)</script>${'y'.repeat(200)}`, domain: 'a.example' };
  const disguise = async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), from } });
  };
  const { page } = await openLink(stage, home, made.download_page, { before: ({ page: one }) => one.route('**/exchange/info', disguise) });
  await page.getByRole('heading', { name: 'Files from <b>Al⟨U+202E⟩ice</b>' }).waitFor();
  await page.getByText('<img src=x onerror=alert(1)>.png').waitFor();
  await page.getByText('photo⟨U+202E⟩gpj.exe').waitFor();
  assert.equal(await page.locator('main b, main script, main li img').count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'exchange-download-hostile', { fullPage: true });
  const got = await saved(page, () => page.getByRole('button', { name: /^Download <img/ }).click());
  assert.equal(fs.readFileSync(got.path, 'utf8'), names[0]);
});

story('a password stands before it', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'a.txt': 'secret' }, { password: 'schönes Wort' });
  const window = await openLink(stage, home, made.download_page);
  const { page, guard } = window;
  guard.allow('status', '401 GET /exchange/info');
  guard.allow('status', '429 GET /exchange/info');
  const field = page.getByLabel('Password', { exact: true });
  await field.waitFor();
  assert.equal(await page.getByText('a.txt').count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'exchange-password');
  await field.press('Enter');
  await page.getByText('Type in the password.').waitFor();
  await field.fill('schönes wort');
  await field.press('Enter');
  await page.getByText('That is not the password.').waitFor();
  await shoot(page, 'exchange-password-wrong');
  await field.fill('schönes Wort');
  await field.press('Enter');
  await page.getByRole('heading', { name: '1 file' }).waitFor();
  await focusBecomes(page, (one) => one?.tagName, 'H1');
  const got = await saved(page, () => fetchButton(page, 'a.txt').click());
  assert.equal(fs.readFileSync(got.path, 'utf8'), 'secret');
  await checkKeptSecret(window);
});

story('who guesses passwords has to wait', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'a.txt': 'secret' }, { password: 'right' });
  const { page, guard } = await openLink(stage, home, made.download_page);
  guard.allow('status', '401 GET /exchange/info');
  guard.allow('status', '429 GET /exchange/info');
  const field = page.getByLabel('Password', { exact: true });
  const throttled = page.getByText('Too many tries. It can be tried again in');
  for (let tried = 0; tried < 30 && await throttled.count() === 0; ++tried) {
    await field.fill(`guess ${tried}`);
    await field.press('Enter');
    await page.locator('.mistake').waitFor();
  }
  await throttled.waitFor();
  await shoot(page, 'exchange-password-throttled');
});

story('what is not there yet shows up by itself', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await alice.post('/api/exchanges', {});
  const { page } = await openLink(stage, home, made.download_page, { before: ({ page: one }) => one.clock.install() });
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'exchange-download-empty');
  await bring(alice, made, 'late.txt', Buffer.from('late'));
  await page.clock.fastForward(16_000);
  await file(page, 'late.txt').waitFor();
});

story('links that ended, were withdrawn, or never were', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const gone = await offer(alice, { 'a.txt': 'a' });
  await alice.ok('DELETE', `/api/exchanges/${gone.id}`);
  const { page, guard } = await openLink(stage, home, gone.download_page);
  guard.allow('status', /^(401|410) GET \/exchange\/info$/);
  await page.getByRole('heading', { name: 'This link has ended' }).waitFor();
  await page.getByText('can send a new one').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'exchange-ended');

  await page.goto(`${home.publicUrl}exchange/d#${'A'.repeat(43)}`);
  await page.getByRole('heading', { name: 'This link does not work' }).waitFor();
  await page.getByText('This server does not know it.').waitFor();
  await shoot(page, 'exchange-unknown');

  await page.goto(`${home.publicUrl}exchange/d#${'A'.repeat(20)}`);
  await page.getByText('A part of it is missing.').waitFor();
});

story('the last download uses it up', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'a.txt': 'once' }, { max_downloads: 1 });
  const { page, guard } = await openLink(stage, home, made.download_page);
  guard.allow('status', '410 GET /exchange/info');
  const got = await saved(page, () => fetchButton(page, 'a.txt').click());
  assert.equal(fs.readFileSync(got.path, 'utf8'), 'once');
  await page.getByText('This link has ended: nothing more can be fetched with it.').waitFor();
  assert.equal(await page.getByRole('button', { name: /a\.txt/ }).count(), 0);
  await shoot(page, 'exchange-download-used');
  await page.reload();
  await page.getByRole('heading', { name: 'This link has ended' }).waitFor();
});

story('it ends while one looks at it', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'a.txt': 'a', 'b.txt': 'b' });
  const { page, guard } = await openLink(stage, home, made.download_page);
  guard.allow('status', /^(401|410) GET \/exchange\//);
  await file(page, 'a.txt').waitFor();
  await alice.ok('DELETE', `/api/exchanges/${made.id}`);
  await fetchButton(page, 'a.txt').click();
  await file(page, 'a.txt').getByText('the link has ended').waitFor();
  await page.getByRole('button', { name: /^Download all/ }).click();
  await page.getByText('the link has ended').nth(1).waitFor();
});

story('the server is away', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'a.txt': 'a' });
  const { page, guard } = await openLink(stage, home, made.download_page, {
    before: ({ page: one }) => one.route('**/exchange/info', (route) => route.abort()),
  });
  guard.allow('failed');
  await page.getByRole('heading', { name: 'No answer from the server' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'exchange-offline');
  await page.unroute('**/exchange/info');
  await page.getByRole('button', { name: 'Try again' }).click();
  await file(page, 'a.txt').waitFor();
  await home.stop();
  await fetchButton(page, 'a.txt').click();
  await file(page, 'a.txt').getByText('This server did not answer').waitFor();
  await home.start();
});

story('behind a proxy, and at the local listener, it stays where it was opened', async (stage) => {
  const home = await stage.instanceBehindProxy({ name: 'Home' });
  const alice = await home.addUser('alice', { admin: true });
  const made = await offer(alice, { 'a.txt': 'near' });
  const { page } = await openLink(stage, home, made.download_page, { url: home.url });
  const got = await saved(page, () => fetchButton(page, 'a.txt').click());
  assert.equal(fs.readFileSync(got.path, 'utf8'), 'near');
});

story('the first look is small, and loads nothing that encryption needs', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'a.txt': 'a' });
  const { page } = await openLink(stage, home, made.download_page, { locale: 'de-DE' });
  await file(page, 'a.txt').waitFor();
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name, transferSize }) => ({ name, transferSize })));
  const bytesInAll = loaded.reduce((sum, { transferSize }) => sum + transferSize, 0);
  assert.ok(bytesInAll > 10_000 && bytesInAll < 60 * 1024, `${bytesInAll} bytes: ${JSON.stringify(loaded)}`);
  assert.ok(!loaded.some(({ name }) => /(primitives|open|seal|resumable)-/.test(name)), JSON.stringify(loaded));
});

story('the token says what a link is for, not its address', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await offer(alice, { 'a.txt': 'a' });
  const { page } = await openLink(stage, home, made.download_page.replace('/d#', '/u#'));
  await file(page, 'a.txt').waitFor();
  // Another link put into the same window.
  const asked = await alice.post('/api/exchanges', { receive: true });
  await page.evaluate((token) => { location.hash = token; }, asked.upload_token);
  await page.getByRole('heading', { name: 'alice asks you for files' }).waitFor();
});
