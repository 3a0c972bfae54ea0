// What others share with me: it comes by itself, is looked at and downloaded as if it were here, and goes when it is
// withdrawn; a server that is down hurts nobody but its own people.
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
const cardOf = (page, person) => page.locator(`[data-owner="${person.address}"]`);
const tile = (page, name) => page.getByRole('button', { name: `Open ${name}`, exact: true });

async function twoPeople(stage, options = {}) {
  const [home, there] = [await stage.instance({ name: 'Home' }), await stage.instance({ name: 'There' })];
  const alice = await home.addUser('alice');
  const bob = await there.addUser('bob');
  const ids = await connect(alice, bob, options);
  return { home, there, alice, bob, ...ids };
}

// Takes back what `owner` shares under these names.
async function withdraw(owner, ...names) {
  const { items } = await owner.get('/api/shares');
  for (const share of items.filter(({ asset }) => names.includes(asset.name))) {
    await owner.ok('DELETE', `/api/shares/${share.id}`);
  }
}

story('what somebody shares appears, opens, is downloaded, and goes when it is withdrawn', async (stage) => {
  const [home, there] = [await stage.instance({ name: 'Home' }), await stage.instance({ name: 'There' })];
  const alice = await home.addUser('alice');
  const bob = await there.addUser('bob');
  const { page, guard } = await stage.open(home, { as: alice, path: '#/shared' });
  guard.allow('status', /^404 GET .*content/); // a picture asked for just before it was withdrawn
  guard.allow('failed', /CONTENT_LENGTH_MISMATCH GET .*content/); // or cut off by that
  await page.getByText('Nobody has shared anything with you').waitFor();
  await page.getByRole('link', { name: 'Connect with somebody' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-empty');

  await connect(alice, bob);
  await page.getByText('bob is connected with you, but shares nothing yet.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-silent');

  // Nobody touches alice's page from here on until she opens something.
  const hills = jpeg({ seed: 3, width: 640, height: 480 });
  const photos = [await bob.upload('hills.jpg', hills), await bob.upload('sea.png', png({ seed: 2 }))];
  const notes = await bob.upload('notes.txt', 'milk\n');
  await bob.share(photos, alice);
  await bob.share([notes], alice);
  const card = cardOf(page, bob);
  await card.getByText('3 files').waitFor();
  await tile(card, 'hills.jpg').waitFor();
  await card.getByText('Connected').waitFor();
  await card.getByText(/answered (just now|\d+ )/).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-with-me');

  await tile(card, 'hills.jpg').click();
  const viewer = page.getByRole('dialog', { name: 'Viewer: hills.jpg' });
  const picture = viewer.getByRole('img', { name: 'hills.jpg' });
  await picture.waitFor();
  assert.deepEqual(await picture.evaluate((image) => [image.naturalWidth, image.naturalHeight]), [640, 480]);
  await checkAccessibility(page);
  await shoot(page, 'shared-viewer');
  const [saved] = await Promise.all([page.waitForEvent('download'), viewer.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(saved.suggestedFilename(), 'hills.jpg');
  assert.equal(sha256(fs.readFileSync(await saved.path())), sha256(hills));

  // Withdrawn while it is open: said, and the next one takes its place.
  await withdraw(bob, 'hills.jpg');
  await page.getByText('bob no longer shares hills.jpg.').waitFor();
  await page.getByRole('dialog', { name: 'Viewer: sea.png' }).waitFor();
  await page.keyboard.press('Escape');
  await tile(card, 'hills.jpg').waitFor({ state: 'detached' });
  await until(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Open sea.png'), 'focus on what was shown last');

  // A new name is seen, and when the last one goes, the person is left without any.
  await bob.ok('PATCH', `/api/assets/${photos[1].id}`, { body: { name: 'ocean.png' } });
  await tile(card, 'ocean.png').waitFor();
  await tile(card, 'ocean.png').click();
  await page.getByRole('dialog', { name: 'Viewer: ocean.png' }).waitFor();
  await withdraw(bob, 'ocean.png', 'notes.txt');
  await page.getByText('bob is connected with you, but shares nothing yet.').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

story('a server that is down: its people stay, with what they shared last, and nobody else suffers', async (stage) => {
  const { home, there, alice, bob } = await twoPeople(stage);
  const third = await stage.instance({ name: 'Third' });
  const eve = await third.addUser('eve');
  await connect(alice, eve);
  await bob.share([await bob.upload('hills.jpg', jpeg({ seed: 3 })), await bob.upload('notes.txt', 'milk\n')], alice);
  await eve.share([await eve.upload('lake.jpg', jpeg({ seed: 5 }))], alice);
  const told = async () => (await alice.get('/api/shared-with-me')).items.length === 3;
  await until(told, 'what bob and eve share, told');
  await there.stop();

  const { page, guard } = await stage.open(home, { as: alice, path: '#/shared' });
  guard.allow('status', /^503 GET \/api\/assets/);
  const [bobs, eves] = [cardOf(page, bob), cardOf(page, eve)];
  await bobs.getByText(`${there.domain} has not answered since`, { exact: false }).first().waitFor();
  await bobs.getByText(/This is what bob shared when .* last said so, .*\d:\d\d/).waitFor();
  await tile(bobs, 'hills.jpg').waitFor();
  await tile(eves, 'lake.jpg').waitFor();
  await eves.getByText(`${third.domain} answered`, { exact: false }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-peer-down');

  // Opening says where it is and what helps.
  await tile(bobs, 'hills.jpg').click();
  await page.getByRole('alert').filter({ hasText: `It is on ${there.domain}, which has not answered since` }).waitFor();
  await shoot(page, 'shared-viewer-down', { narrow: false });
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await tile(eves, 'lake.jpg').click();
  await page.getByRole('img', { name: 'lake.jpg' }).waitFor();
  await page.keyboard.press('Escape');

  // The person's own page falls back to the same, filters included.
  await bobs.getByRole('link', { name: bob.address }).click();
  await page.getByRole('heading', { level: 1, name: bob.address }).waitFor();
  await tile(page, 'notes.txt').waitFor();
  await page.getByText('This is what bob shared when').waitFor();
  await page.getByRole('searchbox').fill('HILL');
  await tile(page, 'notes.txt').waitFor({ state: 'detached' });
  await tile(page, 'hills.jpg').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-person-down');

  // It comes back by itself.
  await there.start();
  await page.getByText('This is what bob shared when').waitFor({ state: 'detached' });
  await tile(page, 'hills.jpg').click();
  await page.getByRole('img', { name: 'hills.jpg' }).waitFor();
}, { seconds: 180 });

story('a server that goes down while one looks, and Try now', async (stage) => {
  const { home, there, alice, bob } = await twoPeople(stage);
  await bob.share([await bob.upload('hills.jpg', jpeg({ seed: 3 }))], alice);
  const { page, guard } = await stage.open(home, { as: alice, path: null });
  await page.clock.install();
  await page.goto(`${home.url}#/shared/with-me/${encodeURIComponent(bob.address)}`);
  await tile(page, 'hills.jpg').waitFor();
  await page.getByText('1 file').waitFor();
  await there.stop();
  guard.allow('status', /^503 GET \/api\/assets/);
  // Nobody tells; the page asks again after some minutes.
  await page.clock.fastForward(150_000);
  await page.getByText('This is what bob shared when').waitFor();
  await tile(page, 'hills.jpg').waitFor();
  await there.start();
  await until(async () => {
    await page.getByRole('button', { name: 'Try now' }).click({ timeout: 500 }).catch(() => {});
    return !await page.getByText('This is what bob shared when').isVisible();
  }, 'an answer');
});

story('a server that takes connections and says nothing keeps nobody waiting', async (stage) => {
  const { home, there, alice, bob } = await twoPeople(stage);
  const third = await stage.instance({ name: 'Third' });
  const eve = await third.addUser('eve');
  await connect(alice, eve);
  const many = [];
  for (let seed = 0; seed < 14; ++seed) many.push(await bob.upload(`photo ${seed}.jpg`, jpeg({ seed })));
  await eve.share([await eve.upload('lake.jpg', jpeg({ seed: 5 }))], alice);
  await bob.share(many, alice);
  await until(async () => (await alice.get('/api/shared-with-me', { limit: 100 })).items.length === 15, 'what both share, told');
  there.process.kill('SIGSTOP');
  try {
    const { page, guard } = await stage.open(home, { as: alice, path: '#/shared' });
    guard.allow('status', /^503 GET \/api\/assets/);
    await tile(cardOf(page, bob), 'photo 3.jpg').waitFor();
    const lake = tile(cardOf(page, eve), 'lake.jpg').locator('img');
    await lake.waitFor({ timeout: 4000 });
    await until(() => lake.evaluate((image) => image.complete && image.naturalWidth > 0), 'the picture of eve', 4);
    await cardOf(page, bob).getByText(/^This is what bob shared when/).waitFor();
    await shoot(page, 'shared-peer-hangs', { narrow: false });
    // Opening does not hang for ever either.
    await tile(cardOf(page, bob), 'photo 3.jpg').click();
    await page.getByRole('alert').filter({ hasText: `It is on ${there.domain}, which has not answered since` }).waitFor();
    await page.keyboard.press('Escape');
    there.process.kill('SIGCONT');
    await cardOf(page, bob).getByText(/^This is what bob shared when/).waitFor({ state: 'detached', timeout: 60_000 });
    await tile(cardOf(page, bob), 'photo 3.jpg').locator('img').waitFor();
  } finally {
    there.process.kill('SIGCONT');
  }
}, { seconds: 180 });

story('somebody whose server only asks, and is never asked', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const hidden = await stage.instance({ name: 'Hidden', settings: { federation: { delivery: 'poll', allow_http: true, allow_private_addresses: true } } });
  const [alice, bob] = [await home.addUser('alice'), await hidden.addUser('bob')];
  await connect(bob, alice);
  await alice.share([await alice.upload('hills.jpg', jpeg({ seed: 3 }))], bob);
  const { page } = await stage.open(home, { as: alice, path: '#/shared' });
  const row = page.getByRole('listitem').filter({ hasText: bob.address });
  await row.getByText(`${hidden.domain} calls here by itself`).waitFor();
  await checkAccessibility(page);
  await row.getByRole('link', { name: bob.address }).click();
  await page.getByRole('heading', { name: 'What bob shares can’t be seen from here' }).waitFor();
  await shoot(page, 'shared-out-of-reach');
  // The other direction works.
  const { page: bobs } = await stage.open(hidden, { as: bob, path: '#/shared' });
  await tile(bobs, 'hills.jpg').waitFor();
});
