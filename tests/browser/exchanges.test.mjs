// Links as members make and watch them: giving files, asking for files, and what becomes of a link.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, file, openLink, saved } from './lib/exchange_page.mjs';
import { bytes, checkStored, choose, marker, onDisk, opener, selection, toasts } from './lib/files_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
import { chooseForLink, closeMade, dialog, fetchByLink, link, made, makeLink, more, openLinks, press } from './lib/links_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const MEGABYTE = 1_000_000;

story('a film for somebody without an account', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('heading', { name: 'Files for people without an account' }).waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'links-empty');

  const film = bytes(3 * MEGABYTE);
  await chooseForLink(page, onDisk({ 'film.mp4': film })('film.mp4'));
  await page.getByText('1 file chosen, 3 MB').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'links-give', { fullPage: true });
  await more(page);
  await page.getByLabel('May be fetched').selectOption({ label: 'twice' });
  await page.getByLabel('Message to whoever gets the link').fill('From the lake, as promised.');
  await checkAccessibility(page);
  await shoot(page, 'links-give-more', { fullPage: true });
  const address = await makeLink(page);
  assert.match(address, new RegExp(`^${home.publicUrl}exchange/d#[\\w-]{43}$`));
  await page.getByText('The file is there and can be fetched.').waitFor();
  await page.getByText('This link works on this device only').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'links-made', { fullPage: true });
  await press(page, 'Copy the link');
  await until(async () => (await page.evaluate(() => navigator.clipboard.readText())) === address, 'the link on the clipboard');
  await press(page, 'Done');   // it was copied: nothing is asked
  await made(page).waitFor({ state: 'detached' });
  await link(page, 'film.mp4').getByText('Ready').waitFor();
  await link(page, 'film.mp4').getByText('fetched 0 of 2 times').waitFor();

  const guest = await fetchByLink(stage, home, address, 'film.mp4', film);
  await guest.page.getByText('From the lake, as promised.').waitFor();
  await link(page, 'film.mp4').getByText('fetched 1 of 2 times').waitFor();
  await guest.page.reload();
  await saved(guest.page, () => press(guest.page, 'Download film.mp4'));
  await link(page, 'film.mp4').getByText('Used up').waitFor();
  guest.guard.allow('status', '410 GET /exchange/info');
});

story('own files as a link, from among all of them', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  for (const name of ['lake.txt', 'hills.txt', 'letter.txt']) await alice.upload(name, `about ${name}`);
  const { page } = await openLinks(stage, home, alice);
  await press(page, 'Send files');
  await page.getByLabel('From my files').check();
  await page.getByLabel('Search your files').fill('l');
  await page.getByRole('checkbox', { name: /lake\.txt/ }).check();
  await page.getByLabel('Search your files').fill('nothing like it');
  await page.getByText('None of your files is called that.').waitFor();
  await page.getByLabel('Search your files').fill('');
  await page.getByRole('checkbox', { name: /hills\.txt/ }).check();
  await page.getByText('2 files chosen').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-own', { fullPage: true });
  const address = await makeLink(page);
  assert.equal(await made(page).getByText('Keep this page open').count(), 0);
  await closeMade(page);
  await link(page, 'lake.txt, hills.txt').waitFor();
  const guest = await fetchByLink(stage, home, address, 'lake.txt', 'about lake.txt');
  await file(guest.page, 'hills.txt').waitFor();
  assert.equal(await file(guest.page, 'letter.txt').count(), 0);
});

story('from the screen of files: what is selected', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  for (const name of ['a.txt', 'b.txt']) await alice.upload(name, name);
  const { page } = await stage.open(home, { as: alice });
  await opener(page, 'a.txt').waitFor();
  await marker(page, 'a.txt').click();
  await selection(page).getByRole('button', { name: 'Send as link' }).click();
  await dialog(page, 'Send files by link').getByRole('listitem').filter({ hasText: 'a.txt' }).waitFor();
  await dialog(page, 'Send files by link').getByText('1 file chosen').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-from-files');
  const address = await makeLink(page);
  await closeMade(page);
  await fetchByLink(stage, home, address, 'a.txt', 'a.txt');
});

story('asked for, brought, and there without a reload', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  await press(page, 'Ask for files');
  await page.getByLabel('What would you like to have?').fill('The pictures of the lake');
  await checkAccessibility(page, { bestPractice: true });
  await more(page);
  await page.getByLabel('Number of files').selectOption({ label: 'up to 5 files' });
  await page.getByLabel('Together').selectOption({ label: 'up to 100 MB' });
  await shoot(page, 'links-ask', { fullPage: true });
  const address = await makeLink(page);
  assert.match(address, new RegExp(`^${home.publicUrl}exchange/u#[\\w-]{43}$`));
  await closeMade(page);
  await link(page, 'The pictures of the lake').getByText('Waiting for files').waitFor();

  const guest = await openLink(stage, home, address);
  await guest.page.getByText('5 files, 100 MB together').waitFor();
  const lake = bytes(2 * MEGABYTE, 7);
  await choose(guest.page, onDisk({ 'lake.jpg': lake })('lake.jpg'), 'Choose files');
  await press(guest.page, 'Send 1 file');
  await link(page, 'The pictures of the lake').getByText('Files are here, more may come').waitFor();
  await press(guest.page, 'That was all');
  await link(page, 'The pictures of the lake').getByText('All arrived').waitFor();
  await press(page, 'The pictures of the lake');
  await dialog(page, 'About this link').getByText('lake.jpg').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-details');
  await page.getByRole('link', { name: 'To your files' }).click();
  await opener(page, 'lake.jpg').waitFor();
  await checkStored(alice, 'lake.jpg', lake);
});

story('what comes shows up in the files while one looks at them', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  await press(page, 'Ask for files');
  const address = await makeLink(page);
  await closeMade(page);
  await page.getByRole('link', { name: 'Files', exact: true }).click();
  await page.locator('.empty').waitFor();
  const guest = await openLink(stage, home, address);
  await choose(guest.page, onDisk({ 'news.txt': 'news' })('news.txt'), 'Choose files');
  await press(guest.page, 'Send 1 file');
  await opener(page, 'news.txt').waitFor();
});

story('a password stands before it', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  await chooseForLink(page, onDisk({ 'plan.txt': 'the plan' })('plan.txt'));
  await more(page);
  await page.getByLabel('Password').fill('Öl & Brot');
  const address = await makeLink(page);
  await page.getByText('The password is not part of it.').waitFor();
  await page.getByText('The file is there and can be fetched.').waitFor();
  await closeMade(page);
  await link(page, 'plan.txt').getByText('Password').waitFor();
  const guest = await openLink(stage, home, address);
  guest.guard.allow('status', '401 GET /exchange/info');
  const field = guest.page.getByLabel('Password', { exact: true });
  await field.fill('oil & bread');
  await field.press('Enter');
  await guest.page.getByText('That is not the password.').waitFor();
  await field.fill('Öl & Brot');
  await field.press('Enter');
  const got = await saved(guest.page, () => press(guest.page, 'Download plan.txt'));
  assert.equal(got.name, 'plan.txt');
});

story('ended while somebody has it open', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  await chooseForLink(page, onDisk({ 'a.txt': 'a' })('a.txt'));
  const address = await makeLink(page);
  await page.getByText('The file is there and can be fetched.').waitFor();
  await closeMade(page);
  const guest = await openLink(stage, home, address);
  guest.guard.allow('status', /^(401|410) GET \/exchange\//);
  await file(guest.page, 'a.txt').waitFor();
  await press(page, 'End the link “a.txt”');
  await page.getByRole('alertdialog').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-end');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await link(page, 'a.txt').getByText('Ready').waitFor();
  await press(page, 'End the link “a.txt”');
  await page.getByRole('alertdialog').getByRole('button', { name: 'End', exact: true }).click();
  await toasts(page).getByText('The link has ended.').waitFor();
  await link(page, 'a.txt').getByText('Ended by you').waitFor();
  assert.equal(await link(page, 'a.txt').getByRole('button', { name: /^End/ }).count(), 0);
  await press(guest.page, 'Download a.txt');
  await file(guest.page, 'a.txt').getByText('the link has ended').waitFor();
  await shoot(page, 'links-ended');
});

story('the link is not lost by a wrong key', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  await press(page, 'Ask for files');
  const address = await makeLink(page);
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog', { name: 'Close without copying the link?' }).waitFor();
  await shoot(page, 'links-close');
  await press(page, 'Back to the link');
  assert.equal(await made(page).getByLabel('Link', { exact: true }).inputValue(), address);
  await closeMade(page);
  assert.equal(await page.getByText(address).count(), 0);
});

story('handed on by what the system has for that', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page, context } = await stage.open(home, { as: alice, path: null });
  await context.addInitScript(() => { navigator.share = async (what) => { window.handedOn = what; }; });
  await page.goto(`${home.url}#/exchanges`);
  await press(page, 'Ask for files');
  const address = await makeLink(page);
  await press(page, 'Hand on …');
  const handedOn = await until(() => page.evaluate(() => window.handedOn), 'something is handed on');
  assert.deepEqual(handedOn, { url: address });
  await press(page, 'Done');   // it is in somebody's hands
  await made(page).waitFor({ state: 'detached' });
});

story('everything by keyboard', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  await alice.upload('k.txt', 'k');
  const { page } = await openLinks(stage, home, alice);
  const tabTo = async (name, most = 30) => {
    for (let at = 0; at < most; ++at) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const { activeElement: one } = document;
        return one?.getAttribute('aria-label') ?? one?.labels?.[0]?.textContent ?? one?.textContent;
      });
      if (found?.includes(name)) return;
    }
    assert.fail(`${name} is not reached by Tab`);
  };
  await tabTo('Send files');
  await page.keyboard.press('Enter');
  await dialog(page, 'Send files by link').waitFor();
  await tabTo('From this device');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('checkbox', { name: /k\.txt/ }).waitFor();
  await tabTo('k.txt');
  await page.keyboard.press('Space');
  await page.getByText('1 file chosen').waitFor();
  await tabTo('More options');
  await page.keyboard.press('Enter');
  await tabTo('Make the link');
  await page.keyboard.press('Enter');
  await made(page).waitFor();
  await focusBecomes(page, (one) => one?.localName, 'textarea');
  await tabTo('Copy the link');
  await page.keyboard.press('Enter');
  await tabTo('Done');
  await page.keyboard.press('Enter');
  await made(page).waitFor({ state: 'detached' });
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await tabTo('k.txt');
  await page.keyboard.press('Enter');
  await dialog(page, 'About this link').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page, 'About this link').waitFor({ state: 'detached' });
  await focusBecomes(page, (one) => one?.textContent, 'k.txt');
  await tabTo('End the link “k.txt”');
  await page.keyboard.press('Enter');
  await focusBecomes(page, (one) => one?.textContent, 'Cancel');
  await tabTo('End');
  await page.keyboard.press('Enter');
  await link(page, 'k.txt').getByText('Ended by you').waitFor();
  await focusBecomes(page, (one) => one?.textContent, 'k.txt');
});

story('German', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice, { locale: 'de-DE' });
  await page.getByRole('heading', { name: 'Dateien für Leute ohne Konto' }).waitFor();
  await press(page, 'Um Dateien bitten');
  await page.getByLabel('Was hättest du gern?').fill('Die Bilder vom See');
  await page.getByText('Weitere Optionen').click();
  await shoot(page, 'links-ask-german', { fullPage: true });
  await press(page, 'Link erstellen');
  await page.getByText('Der Link ist erstellt. Kopiere ihn jetzt.').waitFor();
  await shoot(page, 'links-made-german', { fullPage: true });
  await press(page, 'Fertig');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Schließen', exact: true }).last().click();
  await link(page, 'Die Bilder vom See').getByText('Wartet auf Dateien').waitFor();
  await shoot(page, 'links-german');
});

story('hostile names and notes are text', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const names = ['<img src=x onerror=alert(1)>.txt', 'a\u202egpj.exe', `${'long '.repeat(40)}🦆.txt`];
  const assets = [];
  for (const name of names) assets.push(await alice.upload(name, name));
  const note = `<script>alert(2)</script>\u202e ${'wide'.repeat(60)}\n<b>second line</b>`;
  await alice.post('/api/exchanges', { receive: true, note });
  await alice.post('/api/exchanges', { asset_ids: assets.map(({ id }) => id), note });
  await alice.post('/api/exchanges', { asset_ids: [assets[2].id], password: 'x', max_downloads: 3 });
  const { page } = await openLinks(stage, home, alice);
  await page.getByText('a⟨U+202E⟩gpj.exe').waitFor();
  assert.equal(await page.locator('main img, main script, main b').count(), 0);
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'links-hostile', { fullPage: true });
  await page.locator('.exchange-open').nth(1).click();
  await dialog(page, 'About this link').getByText('<b>second line</b>').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-hostile-details', { fullPage: true });
  await page.keyboard.press('Escape');
  await press(page, 'Send files');
  await page.getByLabel('From my files').check();
  await page.getByRole('checkbox', { name: /onerror/ }).waitFor();
  await shoot(page, 'links-hostile-own', { fullPage: true });
});

story('nothing chosen, too much said, too many files', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  await press(page, 'Send files');
  await press(page, 'Make the link');
  await page.getByText('Choose at least one file.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-nothing-chosen', { fullPage: true });
  const disk = onDisk(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`${at}.txt`, ''])));
  await choose(page, Array.from({ length: 101 }, (_, at) => disk(`${at}.txt`)), 'Choose files');
  await page.getByText('One link takes 100 files at most.').waitFor();
  await press(page, 'Take out 0.txt');
  await more(page);
  await page.getByLabel('Message to whoever gets the link').fill('ä'.repeat(501));
  await press(page, 'Make the link');
  await page.getByText('That is too long: about 1,000 characters fit.').first().waitFor();
  assert.equal((await alice.get('/api/exchanges')).items.length, 0);
});

story('the server is away', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page, guard } = await openLinks(stage, home, alice);
  guard.allow('failed');
  guard.allow('status', /^5/);
  await press(page, 'Ask for files');
  await home.stop();
  await press(page, 'Make the link');
  await page.getByRole('alert').getByText('This server did not answer.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-offline', { fullPage: true });
  await home.start();
  const address = await makeLink(page);
  assert.match(address, /\/exchange\/u#/);
  await closeMade(page);
  assert.equal((await alice.get('/api/exchanges')).items.length, 1);
});
