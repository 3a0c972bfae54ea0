// Looking at one file after the other.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceAtHome, bytes, namesOn, opener, openFiles, openSlowly, tile, toasts, viewer, waitForNames } from './lib/files_page.mjs';
import { jpeg, png } from './lib/photos.mjs';
import { shoot } from './lib/screenshots.mjs';
import { TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const focusIs = (page, name) =>
  until(() => page.evaluate((label) => document.activeElement?.getAttribute('aria-label') === label, `Open ${name}`), `the focus on ${name}`);
const viewing = (page, name) => page.getByRole('dialog', { name: `Viewer: ${name}`, exact: true }).waitFor();

// A second of a tone, as a WAV file.
function tone() {
  const rate = 8000;
  const samples = Buffer.alloc(rate * 2);
  for (let at = 0; at < rate; ++at) samples.writeInt16LE(Math.round(8000 * Math.sin(at / 3)), at * 2);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

// A film of a turning colour, recorded by the browser itself.
async function film(page) {
  const content = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 160, height: 120 });
    const drawing = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm;codecs=vp8' });
    const pieces = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    const ended = new Promise((done) => { recorder.onstop = done; });
    recorder.start();
    for (let frame = 0; frame < 20; ++frame) {
      drawing.fillStyle = `hsl(${frame * 18} 70% 50%)`;
      drawing.fillRect(0, 0, 160, 120);
      await new Promise((go) => setTimeout(go, 50));
    }
    recorder.stop();
    await ended;
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
  });
  return Buffer.from(content);
}

story('by keyboard: opening, turning, the ends, closing; the focus goes to what was shown last', async (stage) => {
  const files = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`${n}.jpg`, jpeg({ seed: n, width: 640, height: 480 })]));
  const { home, alice, assets } = await aliceAtHome(stage, files);
  const { page, context } = await openFiles(stage, home, alice);
  await page.locator('.tile img').nth(5).waitFor();
  const asked = [];
  context.on('request', (request) => asked.push(request.url()));
  await opener(page, '5.jpg').focus();
  await page.keyboard.press('Enter');
  await viewing(page, '5.jpg');
  const isAsked = (name) => asked.some((url) => url.includes(`${assets[name].id}/content`));
  await until(() => isAsked('4.jpg') && isAsked('6.jpg'), 'the neighbours');
  assert.ok(isAsked('5.jpg') && !isAsked('3.jpg'), 'no more than is needed');
  const picture = viewer(page).getByRole('img', { name: '5.jpg' });
  await picture.waitFor();
  await until(() => picture.evaluate((image) => image.naturalWidth === 640), 'the whole picture');
  await checkAccessibility(page);
  await shoot(page, 'viewer-photo');
  assert.equal(await page.locator('.shell').evaluate((shell) => shell.inert), true);
  await page.keyboard.press('ArrowRight');
  await viewing(page, '4.jpg');
  await viewer(page).getByRole('img', { name: '4.jpg' }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await viewing(page, '5.jpg');
  await page.keyboard.press('End');
  await viewing(page, '1.jpg');
  assert.equal(await viewer(page).getByRole('button', { name: 'Next' }).count(), 0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Home');
  await viewing(page, '6.jpg');
  assert.equal(await viewer(page).getByRole('button', { name: 'Previous' }).count(), 0);
  await viewer(page).getByRole('button', { name: 'Next' }).click();
  await viewer(page).getByRole('button', { name: 'Next' }).click();
  await page.keyboard.press('Escape');
  await viewer(page).waitFor({ state: 'detached' });
  await focusIs(page, '4.jpg');
  assert.equal(await page.locator('.shell').evaluate((shell) => shell.inert), false);
  assert.equal(new URL(page.url()).hash, '#/files');
});

story('the browser’s Back closes it, and the place in the list stays', async (stage) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}.txt`, `${n}`]));
  const { home, alice } = await aliceAtHome(stage, files);
  const { page } = await openFiles(stage, home, alice);
  await opener(page, '59.txt').focus();
  await page.keyboard.press('End');
  await focusIs(page, '0.txt');
  const top = await page.evaluate(() => scrollY);
  assert.ok(top > 0);
  await tile(page, '2.txt').click();
  await viewing(page, '2.txt');
  await page.goBack();
  await viewer(page).waitFor({ state: 'detached' });
  await focusIs(page, '2.txt');
  assert.equal(await page.evaluate(() => scrollY), top);
  assert.equal(new URL(page.url()).hash, '#/files');
});

story('a finger turns pages', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.jpg': jpeg({ seed: 1 }), 'b.jpg': jpeg({ seed: 2 }) });
  const { page, context } = await openFiles(stage, home, alice, { viewport: 'narrow', hasTouch: true });
  await opener(page, 'b.jpg').tap();
  await viewing(page, 'b.jpg');
  const tools = await context.newCDPSession(page);
  const swipe = async (from, to) => {
    await tools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: from, y: 300 }] });
    for (let step = 1; step <= 4; ++step) {
      const touchPoints = [{ x: from + ((to - from) * step) / 4, y: 304 }];
      await tools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
    }
    await tools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  await swipe(250, 60);
  await viewing(page, 'a.jpg');
  await swipe(60, 250);
  await viewing(page, 'b.jpg');
});

story('deleting what one looks at shows the next, and undo is within reach', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.jpg': jpeg({ seed: 1 }), 'b.jpg': jpeg({ seed: 2 }), 'c.jpg': jpeg({ seed: 3 }) });
  const { page } = await openFiles(stage, home, alice);
  await opener(page, 'b.jpg').click();
  await viewing(page, 'b.jpg');
  await viewer(page).getByRole('button', { name: 'Delete' }).click();
  await viewing(page, 'a.jpg');
  await checkAccessibility(page);
  await shoot(page, 'viewer-deleted');
  await toasts(page).getByRole('button', { name: 'Undo' }).click();
  await toasts(page).getByText('It is back.').waitFor();
  await page.keyboard.press('ArrowLeft');
  await viewing(page, 'b.jpg');
  await viewer(page).getByRole('button', { name: 'Delete' }).click();
  await viewing(page, 'a.jpg');
  await viewer(page).getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('dialog', { name: 'Rename' }).getByLabel('New name').fill('z');
  await page.keyboard.press('Enter');
  await viewing(page, 'z.jpg');
  await page.keyboard.press('Escape');
  await focusIs(page, 'z.jpg');
  await waitForNames(page, ['c.jpg', 'z.jpg']);
  await opener(page, 'c.jpg').click();
  for (const name of ['c.jpg', 'z.jpg']) {
    await viewing(page, name);
    await viewer(page).getByRole('button', { name: 'Delete' }).click();
  }
  await viewer(page).waitFor({ state: 'detached' });
  await page.getByText('No files yet').waitFor();
});

story('a large photo shows how far it is; when it breaks off, it can be tried again', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, {});
  // Noise does not compress: a photo of some megabytes, too large for a small picture.
  const photo = Buffer.concat([png({ seed: 2, width: 400, height: 300 }), bytes(12_000_000)]);
  await alice.upload('large.png', photo);
  const { page, door, guard } = await openSlowly(stage, home, alice);
  guard.allow('failed');
  door.backRate = 2_000_000;
  await opener(page, 'large.png').click();
  await viewer(page).getByText(/^[1-9]\d?% of 12 MB$/).waitFor();
  const part = Number(await viewer(page).getByRole('progressbar').getAttribute('aria-valuenow'));
  assert.ok(part > 0 && part < 100, `${part} %`);
  door.backRate = TRICKLE;
  await checkAccessibility(page);
  await shoot(page, 'viewer-loading');
  door.cut();
  await viewer(page).getByText('It broke off in the middle.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'viewer-broken');
  door.backRate = Infinity;
  await viewer(page).getByRole('button', { name: 'Try again' }).click();
  await viewer(page).getByRole('img', { name: 'large.png' }).waitFor();
  await page.keyboard.press('Escape');
  await focusIs(page, 'large.png');
});

story('films and sounds play, by ranges', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'tone.wav': tone() });
  const { page, context } = await openFiles(stage, home, alice);
  await alice.upload('film.webm', await film(page));
  await opener(page, 'film.webm').click();
  await viewing(page, 'film.webm');
  const ranges = [];
  context.on('request', (asked) => ranges.push(asked.headers().range));
  const played = (kind) => viewer(page).locator(kind).evaluate(async (player) => {
    player.muted = true;
    await player.play();
    await new Promise((done) => { player.onended = done; });
    return player.currentTime;
  });
  assert.ok(await played('video') > 0.5);
  await checkAccessibility(page);
  await shoot(page, 'viewer-film');
  // Arrows belong to the player while it has the focus.
  await viewer(page).locator('video').focus();
  await page.keyboard.press('ArrowRight');
  await viewing(page, 'film.webm');
  await viewer(page).getByRole('button', { name: 'Next' }).click();
  await viewing(page, 'tone.wav');
  assert.ok(await played('audio') > 0.9);
  assert.ok(ranges.includes('bytes=0-'), ranges.join());
  await checkAccessibility(page);
  await shoot(page, 'viewer-sound');
});

story('what a browser can’t show says so and can be downloaded', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, {
    'paper.pdf': '%PDF-1.4 x',
    'broken.jpg': Buffer.from('\xff\xd8\xff no photo', 'latin1'),
    'broken.webm': Buffer.from('\x1a\x45\xdf\xa3 webm', 'latin1'),
  });
  const { page } = await openFiles(stage, home, alice);
  await opener(page, 'broken.webm').click();
  await viewer(page).getByText('This browser can’t play this.').waitFor();
  await page.keyboard.press('ArrowRight');
  await viewer(page).getByText('This browser can’t show this kind of picture.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'viewer-unknown');
  await page.keyboard.press('ArrowRight');
  await viewer(page).getByRole('heading', { name: 'paper.pdf' }).waitFor();
  const button = viewer(page).locator('.stage-card').getByRole('button', { name: 'Download' });
  const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
  assert.equal(saved.suggestedFilename(), 'paper.pdf');
  await checkAccessibility(page);
  await shoot(page, 'viewer-facts');
  await page.keyboard.press('Escape');
  assert.deepEqual(await namesOn(page), ['broken.webm', 'broken.jpg', 'paper.pdf']);
  await tile(page, 'broken.jpg').locator('.ending').waitFor();
});

story('the daemon stops while one looks: said, and tried again', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.jpg': jpeg({ seed: 1 }), 'b.txt': 'b', 'c.jpg': jpeg({ seed: 3 }) });
  const { page, guard } = await openFiles(stage, home, alice);
  guard.allow('failed');
  await opener(page, 'c.jpg').click();
  await viewer(page).getByRole('img', { name: 'c.jpg' }).waitFor();
  await home.stop('SIGKILL');
  await page.keyboard.press('End');
  await viewer(page).getByText('This server did not answer.').waitFor();
  await home.start();
  await viewer(page).getByRole('button', { name: 'Try again' }).click();
  await viewer(page).getByRole('img', { name: 'a.jpg' }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await viewing(page, 'b.txt');
});

story('in German', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.pdf': '%PDF-1.4 x' });
  const { page } = await openFiles(stage, home, alice, { locale: 'de-DE' });
  await page.getByRole('button', { name: 'a.pdf öffnen' }).click();
  await page.getByRole('dialog', { name: 'Ansicht: a.pdf' }).getByText('Dokument').waitFor();
  await shoot(page, 'viewer-german');
  await page.getByRole('button', { name: 'Zurück zur Liste' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});
