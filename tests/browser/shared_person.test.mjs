// One person's page: everything they share, read from their server as one scrolls; kinds, search, selecting, copying.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { connect } from './lib/people.mjs';
import { jpeg, png } from './lib/photos.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const tile = (page, name) => page.getByRole('button', { name: `Open ${name}`, exact: true });
const pageOf = (person) => `#/shared/with-me/${encodeURIComponent(person.address)}`;
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

async function two(stage) {
  const [home, there] = [await stage.instance({ name: 'Home' }), await stage.instance({ name: 'There' })];
  const [alice, bob] = [await home.addUser('alice'), await there.addUser('bob')];
  await connect(alice, bob);
  return { home, there, alice, bob };
}

story('kinds, search, several at once, by mouse and by keyboard', async (stage) => {
  const { home, alice, bob } = await two(stage);
  const hills = jpeg({ seed: 3 });
  const files = [
    await bob.upload('hills.jpg', hills),
    await bob.upload('hilltop.png', png({ seed: 2 })),
    await bob.upload('notes.txt', 'milk\n'),
    await bob.upload('lake.jpg', jpeg({ seed: 5 })),
  ];
  await bob.share(files, alice);
  const { page } = await stage.open(home, { as: alice, path: pageOf(bob) });
  await page.getByText('4 files').waitFor();
  await tile(page, 'lake.jpg').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-person');

  await page.getByRole('button', { name: 'Photos' }).click();
  await tile(page, 'notes.txt').waitFor({ state: 'detached' });
  await page.getByRole('searchbox').fill('HILL');
  await tile(page, 'lake.jpg').waitFor({ state: 'detached' });
  await tile(page, 'hills.jpg').waitFor();
  await page.getByRole('searchbox').fill('no such thing');
  await page.getByText('Nothing fits.').waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Show everything' }).click();
  await tile(page, 'notes.txt').waitFor();

  // What is new comes into the list while one looks.
  await bob.share([await bob.upload('new.jpg', jpeg({ seed: 9 }))], alice);
  await tile(page, 'new.jpg').waitFor();

  // Selected by a click and by Shift, downloaded with one click; the bytes are right.
  await page.getByRole('checkbox', { name: 'Select hills.jpg' }).click();
  await page.getByText('1 selected').first().waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-person-selected', { narrow: false });
  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('.selection-bar').getByRole('button', { name: 'Download' }).click()]);
  assert.equal(sha256(fs.readFileSync(await saved.path())), sha256(hills));
  await page.keyboard.press('Escape');
  await page.getByText('1 selected').first().waitFor({ state: 'detached' });

  // Arrow keys walk, Enter opens, Escape comes back to the one that was shown last.
  const names = await page.locator('.tile-open').evaluateAll((tiles) => tiles.map((one) => one.title));
  await tile(page, names[0]).focus();
  await page.keyboard.press('ArrowRight');
  await until(() => isFocused(tile(page, names[1])), 'focus on the second');
  await page.keyboard.press('End');
  await until(() => isFocused(tile(page, names.at(-1))), 'focus on the last');
  await page.keyboard.press('Home');
  await until(() => isFocused(tile(page, names[0])), 'focus on the first');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: `Viewer: ${names[0]}` }).waitFor();
  await until(() => page.evaluate(() => document.activeElement?.closest('.viewer') !== null), 'focus in the viewer');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('dialog', { name: `Viewer: ${names[1]}` }).waitFor();
  await page.keyboard.press('Escape');
  await until(() => isFocused(tile(page, names[1])), 'focus on what was shown last');
});

story('a copy to my files stays when it is withdrawn; a name that exists is asked about; too large ones are explained', async (stage) => {
  const { home, alice, bob } = await two(stage);
  const hills = jpeg({ seed: 3 });
  await alice.upload('hills.jpg', 'mine');
  await bob.share([await bob.upload('hills.jpg', hills), await bob.upload('lake.jpg', jpeg({ seed: 5 }))], alice);
  const { page } = await stage.open(home, { as: alice, path: pageOf(bob) });
  await tile(page, 'hills.jpg').click();
  const viewer = page.getByRole('dialog', { name: 'Viewer: hills.jpg' });
  await viewer.getByRole('button', { name: 'Save a copy to my files' }).click();
  await page.getByText('hills.jpg is being copied to your files.').waitFor();
  await page.getByRole('button', { name: 'Keep both' }).click();
  const mine = async () => (await alice.get('/api/assets')).items.map(({ name, digest }) => [name, digest]).sort();
  await until(async () => (await mine()).length === 2, 'the copy');
  const hex = `sha-256:${sha256(hills)}`;
  const copy = (await mine()).find(([name]) => name !== 'hills.jpg');
  assert.equal(copy[0], 'hills (2).jpg');
  assert.ok([hex, `sha-256:${crypto.createHash('sha256').update(hills).digest('base64')}`].includes(copy[1]), copy[1]);

  // Several at once; one of them is gone by then.
  await page.keyboard.press('Escape');
  await viewer.waitFor({ state: 'detached' });
  for (const name of ['hills.jpg', 'lake.jpg']) await page.getByRole('checkbox', { name: `Select ${name}` }).click();
  const { items: shares } = await bob.get('/api/shares');
  await page.route(/api\/assets\/.*\/content/, async (route) => {
    const lake = shares.find(({ asset }) => asset.name === 'lake.jpg').asset_id;
    if (!route.request().url().includes(lake)) return route.continue();
    const problem = { status: 404, title: 'x', detail: 'gone', code: 'not_found', request_id: '0'.repeat(26) };
    return route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  stage.windows[0].guard.allow('status', /^404 GET .*content/);
  await page.locator('.selection-bar').getByRole('button', { name: 'Save a copy to my files' }).click();
  await page.getByText(`lake.jpg could not be copied: ${bob.address} no longer shares this.`).waitFor();
  await page.getByRole('button', { name: 'New version' }).click();
  await until(async () => (await mine()).some(([name, digest]) => name === 'hills.jpg' && digest === copy[1]), 'the new version');
  await page.unroute(/api\/assets\/.*\/content/);

  // Larger than the page holds: it says what to do instead.
  await page.route(/api\/assets\?owner/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    for (const item of body.items) item.size = 70_000_000;
    await route.fulfill({ response, json: body });
  });
  await page.reload();
  await tile(page, 'lake.jpg').waitFor();
  await page.getByRole('checkbox', { name: 'Select lake.jpg' }).click();
  await page.locator('.selection-bar').getByRole('button', { name: 'Save a copy to my files' }).click();
  const explained = page.getByRole('alertdialog', { name: 'Too large to copy here' });
  await explained.getByText('lake.jpg has 70 MB. This page copies files of up to 64 MB.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-copy-too-large', { narrow: false });
  const [saved] = await Promise.all([page.waitForEvent('download'), explained.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(saved.suggestedFilename(), 'lake.jpg');

  // What was copied is nobody else's to take away.
  for (const share of shares) await bob.ok('DELETE', `/api/shares/${share.id}`);
  await page.getByText('bob shares nothing with you').waitFor();
  assert.equal((await mine()).length, 2);
});

story('an end is shown and kept, without anybody telling', async (stage) => {
  const { home, alice, bob } = await two(stage);
  const asset = await bob.upload('hills.jpg', jpeg({ seed: 3 }));
  const other = await bob.upload('lake.jpg', jpeg({ seed: 5 }));
  const soon = new Date(Date.now() + 45_000).toISOString();
  await bob.post('/api/shares', { asset_ids: [asset.id], with: alice.address, expires_at: soon });
  await bob.share([other], alice);
  const { page } = await stage.open(home, { as: alice, path: '#/shared', });
  await page.clock.install();
  await page.reload();
  await tile(page, 'hills.jpg').waitFor();
  await page.getByText(/^until .* \d\d:\d\d$/).first().waitFor({ state: 'attached' });
  await tile(page, 'hills.jpg').click();
  await page.getByRole('dialog', { name: 'Viewer: hills.jpg' }).getByText(/^until /).waitFor();
  await shoot(page, 'shared-viewer-until', { narrow: false });
  await page.keyboard.press('Escape');
  await page.clock.runFor(61_000);
  await tile(page, 'hills.jpg').waitFor({ state: 'detached' });
  await tile(page, 'lake.jpg').waitFor();
});

story('hostile names, and words a peer makes up, are shown as text', async (stage) => {
  const { home, alice, bob } = await two(stage);
  const names = ['<img src=x onerror=alert(1)>.jpg', '\u202egpj.exe', `${'long name '.repeat(24)}.jpg`, '👨‍👩‍👧‍👦 family.png', 'שלום.txt'];
  const files = [];
  for (const [seed, name] of names.entries()) files.push(await bob.upload(name, /jpg|png/.test(name) ? jpeg({ seed }) : 'x'));
  await bob.share(files, alice);
  const { page } = await stage.open(home, { as: alice, path: '#/shared' });
  await page.getByRole('button', { name: 'Open <img src=x onerror=alert(1)>.jpg' }).waitFor();
  await page.getByRole('button', { name: 'Open ⟨U+202E⟩gpj.exe' }).waitFor();
  await checkNoSidewaysScroll(page);
  await checkAccessibility(page);
  await shoot(page, 'shared-hostile-names');
  await page.getByRole('button', { name: 'Open ⟨U+202E⟩gpj.exe' }).click();
  await page.getByRole('heading', { name: '⟨U+202E⟩gpj.exe' }).waitFor();
  await page.keyboard.press('Escape');
  // An address in the bar that is nobody's, and one that is no address.
  const { guard } = stage.windows[0];
  guard.allow('status', /^40[04] GET \/api\/assets/);
  for (const wrong of ['mallory@evil.example', '<script>alert(1)</script>']) {
    await page.goto(`${home.url}#/shared/with-me/${encodeURIComponent(wrong)}`);
    await page.getByRole('heading', { level: 1, name: wrong }).waitFor();
    await page.getByRole('heading', { name: `You are not connected with ${wrong}` }).waitFor();
  }
  await checkAccessibility(page);
  await shoot(page, 'shared-stranger', { narrow: false });
});

story('hundreds of files: read as one scrolls, only what is in sight is in the document', async (stage) => {
  const { home, alice, bob } = await two(stage);
  const count = 430;
  const files = [];
  for (let number = 0; number < count; ++number) files.push(await bob.upload(`file ${String(number).padStart(3, '0')}.txt`, String(number)));
  // One share after the other, so that the order is known: the last one comes first.
  await bob.share(files.slice(0, 200), alice);
  await bob.share(files.slice(200), alice);
  const reads = [];
  const { page } = await stage.open(home, { as: alice, path: null });
  page.on('request', (asked) => { if (/api\/assets\?.*owner/.test(asked.url())) reads.push(asked.url()); });
  await page.goto(`${home.url}${pageOf(bob)}`);
  await page.locator('.tile').first().waitFor();
  const inDocument = () => page.locator('.tile').count();
  assert.ok(await inDocument() < 120, String(await inDocument()));
  await until(async () => {
    await page.mouse.wheel(0, 4000);
    return page.evaluate(() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2 && document.querySelector('[aria-posinset="430"]') !== null);
  }, 'the end of the list');
  assert.ok(await inDocument() < 120, String(await inDocument()));
  assert.ok(reads.filter((url) => url.includes('cursor')).length >= 2, reads.join('\n'));
  // Withdrawn far down: it goes from where one looks.
  const { items } = await bob.get('/api/shares', { limit: 500 });
  const last = await page.locator('[aria-posinset="430"] .tile-open').getAttribute('title');
  await bob.ok('DELETE', `/api/shares/${items.find(({ asset }) => asset.name === last).id}`);
  await tile(page, last).waitFor({ state: 'detached' });
}, { seconds: 180 });

story('somebody on the same server, in German', async (stage) => {
  const home = await stage.instance({ name: 'Zuhause' });
  const [alice, carol] = [await home.addUser('alice'), await home.addUser('carol')];
  await carol.share([await carol.upload('Katze.jpg', jpeg({ seed: 7 }))], alice);
  const { page } = await stage.open(home, { as: alice, path: '#/shared', locale: 'de-DE' });
  await page.getByText('Auf diesem Server').waitFor();
  await page.getByText('1 Datei').waitFor();
  await page.getByRole('link', { name: carol.address }).click();
  await page.getByRole('heading', { level: 1, name: carol.address }).waitFor();
  await page.getByRole('button', { name: 'Katze.jpg öffnen' }).click();
  const picture = page.getByRole('img', { name: 'Katze.jpg' });
  await picture.waitFor();
  await page.keyboard.press('Escape');
  await checkAccessibility(page);
  await shoot(page, 'shared-person-german');
  const { items: [share] } = await carol.get('/api/shares');
  await carol.ok('DELETE', `/api/shares/${share.id}`);
  await page.getByText('carol teilt nichts mit dir').waitFor();
});
