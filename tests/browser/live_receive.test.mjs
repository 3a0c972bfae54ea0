// Live transfers on the receiver's side: a link, a browser, no account.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, checkKeptSecret, file, saved } from './lib/exchange_page.mjs';
import { bytes, choose, digestOf, onDisk } from './lib/files_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
import { openLive, receiveLive, sendLive } from './lib/live_page.mjs';
import { startLiveRelay } from './lib/live_relay.mjs';
import { inMemory, onThatDisk, withPickers } from './lib/origin_disk.mjs';
import { shoot } from './lib/screenshots.mjs';
import { SlowDoor, TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const MEGABYTE = 1_000_000;
const CHUNK = 262_144;

const fetchIt = (page, name) => page.getByRole('button', { name: `Download ${name}`, exact: true }).click();
const digests = (content) => Object.fromEntries(Object.entries(content).map(([name, one]) => [name, digestOf(one)]));

// The page looks again by itself every few seconds, and when one comes back to it.
const comeBack = (page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

story('from one browser to another, and to the command line', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const content = { 'film of the lake.mp4': bytes(3 * MEGABYTE), 'letter to bob.txt': Buffer.from('Meet me at noon.'), 'nothing.bin': Buffer.alloc(0) };
  const disk = onDisk(content);
  const { page: sender } = await stage.open(home, { as: alice, path: '#/live' });
  await choose(sender, Object.keys(content).map((name) => disk(name)), 'Choose files');
  await sender.getByRole('button', { name: 'Make link' }).click();
  const link = await sender.getByLabel('Link', { exact: true }).inputValue();

  const receiving = await openLive(stage, home, link, withPickers);
  const { page } = receiving;
  await page.getByRole('heading', { name: 'alice sends you files', level: 1 }).waitFor();
  await page.getByRole('heading', { name: '3 files · 3 MB' }).waitFor();
  await page.getByText('alice has to keep their page or program open').waitFor();
  await file(page, 'letter to bob.txt').getByText('Text · 16 bytes').waitFor();
  await page.getByText('With the command line').click();
  await page.getByText(`kith live receive '${page.url()}'`, { exact: true }).waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-page', { fullPage: true });

  await page.getByRole('button', { name: 'Download all 3 files' }).click();
  await page.getByText('You have everything', { exact: true }).waitFor();
  assert.deepEqual(await onThatDisk(page), digests(content));
  await sender.getByText('Received and checked').nth(2).waitFor();
  await checkKeptSecret(receiving);
  await shoot(page, 'live-page-complete', { fullPage: true });

  const folder = onDisk({});
  const { status, told } = await receiveLive(link, ['-o', folder()]);
  assert.equal(status, 0, told);
  for (const [name, one] of Object.entries(content)) assert.deepEqual(fs.readFileSync(folder(name)), one, name);

  await sender.getByRole('button', { name: 'Stop and leave' }).click();
  await sender.getByText('You have stopped').waitFor();
  receiving.guard.allow('status', /^404 GET \/live\//);
  await comeBack(page);
  await until(async () => await page.getByRole('button', { name: /Download|Once more/ }).count() === 0, 'nothing more to fetch');
});

story('from the command line, in German, by keyboard alone, with the cryptography of a page by plain HTTP', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const film = bytes(2 * MEGABYTE);
  const { link } = await sendLive(alice, [onDisk({ 'film.mp4': film })('film.mp4')]);
  const { page, guard } = await openLive(stage, home, link, { url: `http://home.example:${home.publicPort}/`, locale: 'de-DE' });
  guard.allow('console', /Cross-Origin-Opener-Policy header has been ignored/);
  assert.equal(await page.evaluate(() => window.isSecureContext || 'subtle' in crypto), false);
  await page.getByRole('heading', { name: 'alice schickt dir eine Datei' }).waitFor();
  await page.getByText('die nicht über HTTPS kam').waitFor();
  await shoot(page, 'live-page-german');
  await page.keyboard.press('Tab');
  await focusBecomes(page, (one) => one?.getAttribute('aria-label'), 'film.mp4 herunterladen');
  const got = await saved(page, () => page.keyboard.press('Enter'));
  assert.equal(got.name, 'film.mp4');
  assert.deepEqual(fs.readFileSync(got.path), film);
  await page.getByText('Vollständig und geprüft', { exact: true }).waitFor();
  await focusBecomes(page, (one) => one?.getAttribute('aria-label'), 'Noch einmal: film.mp4');
});

story('progress; cancelling leaves nothing, a connection that broke is gone on with, and one hears when the sender leaves', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const content = { 'film.mp4': bytes(12 * MEGABYTE, 5), 'other.bin': bytes(30 * MEGABYTE, 7) };
  const disk = onDisk(content);
  const sender = await sendLive(alice, [disk('film.mp4'), disk('other.bin')]);
  const door = await SlowDoor.open(home.publicPort);
  const { page, guard } = await openLive(stage, home, sender.link, { url: door.url, ...withPickers });
  guard.allow('failed');
  guard.allow('status', /^404 GET \/live\//);
  const row = file(page, 'film.mp4');
  const asksBeforeLeaving = () => page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  assert.equal(await asksBeforeLeaving(), false);

  door.backRate = 2 * MEGABYTE;
  await fetchIt(page, 'film.mp4');
  await row.getByText(/ · \d+ \w+ left/).waitFor();
  assert.equal(await asksBeforeLeaving(), true);
  door.backRate = TRICKLE;
  await checkAccessibility(page);
  await shoot(page, 'live-page-running');
  await page.getByRole('button', { name: 'Cancel the download of film.mp4' }).click();
  await row.getByText('Cancelled').waitFor();
  await until(async () => Object.keys(await onThatDisk(page)).length === 0, 'an empty disk');

  door.backRate = 2 * MEGABYTE;
  await fetchIt(page, 'film.mp4');
  await row.getByText(/ · \d+ \w+ left/).waitFor();
  door.mute = true;
  door.cut();
  await row.getByText('Connection lost. It goes on by itself').waitFor();
  await shoot(page, 'live-page-waiting');
  door.mute = false;
  door.backRate = Infinity;
  door.cut();
  await row.getByText('Complete and verified').waitFor();
  assert.deepEqual(await onThatDisk(page), digests({ 'film.mp4': content['film.mp4'] }));

  door.backRate = TRICKLE;
  await fetchIt(page, 'other.bin');
  await file(page, 'other.bin').getByText(/^\d+\s?%/).waitFor();
  sender.child.kill('SIGINT');
  await sender.ended;
  door.backRate = Infinity; // what is on its way still is less than the file
  await file(page, 'other.bin').getByText('alice has left. Ask them for a new link.').waitFor();
  await page.getByText('Nothing more can be downloaded with it.').waitFor();
  assert.deepEqual(Object.keys(await onThatDisk(page)), ['film.mp4']);
  await checkAccessibility(page);
  await shoot(page, 'live-page-left');
});

const flipped = (piece) => {
  const copy = Buffer.from(piece);
  copy[copy.length >> 1] ^= 1;
  return copy;
};
const otherKey = (json) => ({ ...json, public_key: Buffer.alloc(32, 9).toString('base64url') });

// What somebody in between may try, and what it is called.
function attacks() {
  let kept;
  return {
    'a chunk is changed': { chunk: (number, sealed) => [[number, number === 1 ? flipped(sealed) : sealed]] },
    'the closing chunk is changed': { chunk: (number, sealed) => [[number, number === 3 ? flipped(sealed) : sealed]] },
    'a chunk is left out': { chunk: (number, sealed) => (number === 1 ? [] : [[number, sealed]]) },
    'a chunk is left out, and the others counted on': { chunk: (number, sealed) => (number === 1 ? [] : [[number > 1 ? number - 1 : number, sealed]]) },
    'a chunk comes twice': { chunk: (number, sealed) => (number === 0 ? [[0, sealed], [1, sealed]] : [[number, sealed]]) },
    'two chunks are swapped': {
      chunk: (number, sealed) => {
        if (number === 0) { kept = sealed; return []; }
        return number === 1 ? [[0, sealed], [1, kept]] : [[number, sealed]];
      },
    },
    'the sender’s key is swapped': { opening: otherKey },
    'the number of chunks is changed': { opening: (json) => ({ ...json, chunks: json.chunks - 1 }) },
    'the receiver’s key is swapped': { request: otherKey },
    'the end is cut off, each time': { chunk: (number, sealed) => (number === 3 ? null : [[number, sealed]]) },
  };
}

story('somebody in between who changes things is found out, and nothing is saved', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const content = { 'a.bin': bytes(2 * CHUNK + 1000) };
  const { link } = await sendLive(alice, [onDisk(content)('a.bin')]);
  const relay = await startLiveRelay(home.publicPort);
  const renamed = (json) => ({ ...json, files: [{ ...json.files[0], name: 'forged.exe' }] });
  relay.tricks = { listing: renamed };
  const { page, guard } = await openLive(stage, home, link, { url: relay.url, ...withPickers });
  guard.allow('failed');
  guard.allow('status', /^403 GET .*\/stream/);   // the sender found it out before the page asked for the stream
  await page.getByRole('heading', { name: 'Don’t trust this page' }).waitFor();
  for (const hidden of ['forged.exe', 'Home', 'alice']) assert.equal(await page.getByText(hidden).count(), 0, hidden);
  assert.equal(await page.getByRole('button', { name: /Download/ }).count(), 0);
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-page-forged');
  for (const listing of [(json) => ({ ...json, mac: null }), (json) => ({ ...json, files: [{ ...json.files[0], size: 1 }] })]) {
    relay.tricks = { listing };
    await page.reload();
    await page.getByRole('heading', { name: 'Don’t trust this page' }).waitFor();
  }

  const row = file(page, 'a.bin');
  for (const [name, tricks] of Object.entries(attacks())) {
    relay.tricks = tricks;
    relay.played = 0;
    await page.reload();
    await fetchIt(page, 'a.bin');
    await row.getByText('Stopped: it was changed on its way.').waitFor().catch((error) => { throw new Error(`${name}: ${error.message}`); });
    await page.getByText('Somebody changes what alice sends').waitFor();
    assert.ok(relay.played > 0, name);
    assert.deepEqual(await onThatDisk(page), {}, name);
  }
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-page-changed', { fullPage: true });
  relay.tricks = {};
  await page.getByRole('button', { name: 'Try again: a.bin' }).click();
  await row.getByText('Complete and verified').waitFor();
  assert.deepEqual(await onThatDisk(page), digests(content));
});

story('links that are not whole, unknown, or tried too often', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const link = `http://any/live/l#0123456789ab.${'A'.repeat(43)}`;
  const { page, guard } = await openLive(stage, home, link);
  guard.allow('status', /^(404|429) GET \/live\//);
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await page.getByText('ask for a new one').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-page-gone');

  await page.goto(`${home.publicUrl}live/l#0123456789ab.${'A'.repeat(20)}`);
  await page.getByText('A part of it is missing').waitFor();
  await shoot(page, 'live-page-broken');

  // The daemon's own refusal, kept: by the time the page is loaded, there may be room for another try.
  const tryOne = () => home.request('GET', '/live/zzzzzzzzzzzz');
  const { status, headers, body } = await until(async () => { const one = await tryOne(); return one.status === 429 && one; }, 'too many tries');
  await page.route('**/live/0123456789ab', (route) => route.fulfill({ status, headers, body }));
  await page.goto(link.replace('http://any/', home.publicUrl));
  await page.getByRole('heading', { name: 'Too many tries' }).waitFor();
  await page.getByText('It can be tried again in').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'live-page-throttled');
});

story('hostile names, unknown sizes, what does not fit into memory, and a sender who is away', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const names = ['<img src=x onerror=alert(1)>.png', 'photo\u202egpj.exe', `${'long'.repeat(60)}.txt`, '👩‍👩‍👧 family.jpg'];
  const disk = onDisk(Object.fromEntries(names.map((name) => [name, name])));
  const huge = disk('huge.iso');
  fs.writeFileSync(huge, '');
  fs.truncateSync(huge, 5_000 * MEGABYTE);
  const sender = await sendLive(alice, [...names.map((name) => disk(name)), huge]);
  const away = async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), sender_here: false, from: { person: '<b>Al\u202eice</b>', instance: '<script>alert(1)</script>' } } });
  };
  const listingOf = (link) => `**/live/${new URL(link).hash.slice(1).split('.')[0]}`;
  const { page } = await openLive(stage, home, sender.link, {
    before: async (window) => { await inMemory.before(window); await window.page.route(listingOf(sender.link), away); },
  });
  await page.getByRole('heading', { name: '<b>Al⟨U+202E⟩ice</b> sends you files' }).waitFor();
  await page.getByText('ice</b> is not connected just now').waitFor();
  await page.getByText('photo⟨U+202E⟩gpj.exe').waitFor();
  assert.equal(await page.locator('main b, main script, main li img').count(), 0);
  await file(page, 'huge.iso').getByText('take live files of at most 1 GB').waitFor();
  assert.equal(await file(page, 'huge.iso').getByRole('button').count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'live-page-hostile', { fullPage: true });
  await page.unroute(listingOf(sender.link));
  await comeBack(page);
  await page.getByText('is not connected just now').waitFor({ state: 'detached' });
  // All but the huge one, one after the other.
  const got = [];
  page.on('download', (download) => got.push(download));
  await page.getByRole('button', { name: 'Download 4 files' }).click();
  await page.getByText('Complete and verified', { exact: true }).nth(names.length - 1).waitFor();
  await until(() => got.length === names.length, 'all downloads');
  for (const [at, download] of got.entries()) {
    assert.doesNotMatch(download.suggestedFilename(), /[/\\<>:\u202e]/);
    assert.equal(fs.readFileSync(await download.path(), 'utf8'), names[at]);
  }
});

story('behind a proxy, and at the local listener; something of unknown size; and the first look is small', async (stage) => {
  const home = await stage.instanceBehindProxy({ name: 'Home' });
  const alice = await home.addUser('alice', { admin: true });
  const content = bytes(CHUNK + 1);
  const sender = await sendLive(alice, ['-', '--name', 'backup.tar']);
  const { page } = await openLive(stage, home, sender.link, { url: home.url, locale: 'de-DE', ...inMemory });
  const row = file(page, 'backup.tar');
  await row.getByText('Größe noch nicht bekannt').waitFor();
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name, transferSize }) => ({ name: name.split('/').at(-1), transferSize })));
  const bytesInAll = loaded.reduce((sum, { transferSize }) => sum + transferSize, 0);
  assert.ok(bytesInAll > 10_000 && bytesInAll < 60 * 1024, `${bytesInAll} bytes: ${JSON.stringify(loaded)}`);
  assert.ok(!loaded.some(({ name }) => /^(script_|resumable)/.test(name)), JSON.stringify(loaded));
  sender.child.stdin.end(content);
  const got = await saved(page, () => page.getByRole('button', { name: 'backup.tar herunterladen' }).click());
  assert.deepEqual(fs.readFileSync(got.path), content);
  await row.getByText('262 kB').waitFor();
});
