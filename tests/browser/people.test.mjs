// Requests to connect: how one comes in, what is shown of it, and each answer to it.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { pendingRequest } from './lib/people.mjs';
import { fingerprintsIn, openPeople, requestOf, rowOf, sendRequest, tabTo, titleBecomes, twoHouses, wordsOn } from './lib/people_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

story('alice asks, bob approves by keyboard, both compare the words', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page: bobs } = await openPeople(stage, bob);
  await bobs.getByText('Nobody yet').waitFor();
  await shoot(bobs, 'people-empty', { fullPage: true });
  const { page: alices } = await openPeople(stage, alice);
  const [own] = await fingerprintsIn(alices.locator('.own-fingerprint'));

  await sendRequest(alices, bob.address, 'The photos of our holidays. – Alice from the choir');
  // Without a reload, with the badge and the title.
  const card = requestOf(bobs, alice);
  await card.waitFor();
  await titleBecomes(bobs, /^\(1\) /);
  await bobs.getByRole('link', { name: /People/ }).getByText('1 request waits for you').waitFor();
  await bobs.getByRole('status').filter({ hasText: `${alice.address} asks to connect with ${bob.address}` }).waitFor();
  assert.match(await card.innerText(), /The photos of our holidays\. – Alice from the choir/);
  assert.deepEqual(await fingerprintsIn(card), [own]);
  assert.equal(own.replaceAll(' ', '').length, 52);
  await checkAccessibility(bobs);
  await shoot(bobs, 'people-request', { fullPage: true });
  await alices.getByText('Now it is bob’s turn').waitFor();
  await checkAccessibility(alices);
  await shoot(alices, 'people-waiting', { fullPage: true });

  await tabTo(bobs, card.getByRole('button', { name: `Approve ${alice.address}` }));
  await bobs.keyboard.press('Enter');
  const words = await wordsOn(bobs);
  assert.deepEqual(words, await wordsOn(alices));
  assert.equal(words.length, 6);
  assert.equal(await bobs.locator('ol.words-list').getAttribute('lang'), 'en');
  await bobs.getByText('You are connected. It is your turn to compare').waitFor();
  await titleBecomes(bobs, /^bob|^alice/);
  await checkAccessibility(bobs);
  await shoot(bobs, 'people-words', { fullPage: true });

  await tabTo(bobs, bobs.getByRole('button', { name: 'All six are the same' }));
  await bobs.keyboard.press('Enter');
  await bobs.getByText('You confirmed on').waitFor();
  await alices.getByRole('button', { name: 'All six are the same' }).click();
  await alices.getByText('You confirmed on').waitFor();
  for (const page of [alices, bobs]) {
    await page.locator('ol.words-list').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'All people' }).click();
  }
  await rowOf(bobs, alice).getByText('Connected', { exact: true }).waitFor();
  await rowOf(bobs, alice).getByText('Words not compared').waitFor({ state: 'detached' });
  const { items } = await bob.get('/api/connections');
  assert.equal(items[0].verified, true);
  await shoot(bobs, 'people-connected', { fullPage: true });
  await rowOf(bobs, alice).getByRole('link').click();
  await bobs.getByText('You and alice are connected').waitFor();
  await shoot(bobs, 'people-person', { fullPage: true });
});

story('a request is declined', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page } = await openPeople(stage, bob);
  const asked = await alice.post('/api/connections', { peer: bob.address, purpose: 'hello' });
  await requestOf(page, alice).getByRole('button', { name: `Decline ${alice.address}` }).click();
  await page.getByText(`Declined ${alice.address}.`).waitFor();
  await page.getByText('Nobody yet').waitFor();
  await titleBecomes(page, /^People/);
  await alice.waitForConnection(asked.id, (connection) => connection.reason === 'rejected_there');

  await page.getByText('Earlier (1)').click();
  await rowOf(page, alice).getByText('You declined.').waitFor();
  await shoot(page, 'people-earlier', { fullPage: true });
  const { page: alices } = await openPeople(stage, alice, { path: `#/people/${asked.id}` });
  await alices.getByText('bob declined.').waitFor();
  await shoot(alices, 'people-declined');
  // Declined is not blocked.
  await alices.getByRole('button', { name: 'Ask again' }).click();
  await alices.getByText('Now it is bob’s turn').waitFor();
  await requestOf(page, alice).waitFor();
});

story('whatever they write, it is shown as text', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page } = await openPeople(stage, bob);
  const hostile = '<img src=x onerror=alert(1)> \u202eekat\u202c \u{1F469}\u200d\u{1F4BB} \u200bhidden {peer} ' + 'x'.repeat(200);
  await alice.post('/api/connections', { peer: bob.address, purpose: hostile });
  const card = requestOf(page, alice);
  const purpose = card.locator('.purpose');
  await purpose.waitFor();
  const shown = await purpose.innerText();
  assert.ok(shown.includes('<img src=x onerror=alert(1)> ⟨U+202E⟩ekat⟨U+202C⟩ \u{1F469}\u200d\u{1F4BB} ⟨U+200B⟩hidden {peer}'), shown);
  assert.equal(await card.locator('img').count(), 0);
  await shoot(page, 'people-hostile', { fullPage: true });
});

story('a fingerprint that is not the one on the screen is not approved', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  await alice.post('/api/connections', { peer: bob.address, purpose: '' });
  const pending = await pendingRequest(alice, bob);
  const other = pending.fingerprint.split(' ').reverse().join(' ');
  const { page, context, guard } = await openPeople(stage, bob, { path: null });
  guard.allow('status', `409 POST /api/connections/${pending.id}/approve`);
  const lists = /\/api\/connections\?/;
  await context.route(lists, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(pending.fingerprint, other) });
  });
  await page.goto(`${bob.instance.url}#/people`);
  const card = requestOf(page, alice);
  assert.deepEqual(await fingerprintsIn(card), [other]);
  await context.unroute(lists);
  await card.getByRole('button', { name: `Approve ${alice.address}` }).click();

  await card.getByText('This is another fingerprint than before').waitFor();
  assert.deepEqual(await fingerprintsIn(card), [pending.fingerprint, other]);
  assert.equal(await card.getByRole('button', { name: `Approve ${alice.address}` }).getAttribute('aria-disabled'), 'true');
  await checkAccessibility(page);
  await shoot(page, 'people-other-fingerprint', { fullPage: true });
  assert.equal((await bob.get(`/api/connections/${pending.id}`)).state, 'pending_in');
  await card.getByRole('button', { name: 'I have compared the new one' }).click();
  await card.getByRole('button', { name: `Approve ${alice.address}` }).click();
  await wordsOn(page);
});

story('another window was faster, and a request that is withdrawn goes away', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const asked = await alice.post('/api/connections', { peer: bob.address, purpose: '' });
  const pending = await pendingRequest(alice, bob);
  const { page, context, guard } = await openPeople(stage, bob, { path: null });
  guard.allow('status', `409 POST /api/connections/${pending.id}/approve`);
  // This window hears nothing of what happens elsewhere.
  guard.allow('failed', 'net::ERR_FAILED GET /api/events');
  await context.route(/\/api\/events$/, (route) => route.abort());
  await page.goto(`${bob.instance.url}#/people`);
  const card = requestOf(page, alice);
  await card.waitFor();
  await bob.post(`/api/connections/${pending.id}/reject`);
  await card.getByRole('button', { name: `Approve ${alice.address}` }).click();
  await page.getByText('That has moved on in the meantime.').waitFor();
  await card.waitFor({ state: 'detached' });
  await context.unrouteAll();
  await page.reload();
  await page.getByText('Earlier (1)').waitFor();
  await alice.waitForConnection(asked.id, (connection) => connection.state === 'rejected');
  // Asked anew twice: the second stands for the first, which the daemon forgets.
  guard.allow('status', /^404 GET \/api\/connections\/[0-9a-z]+$/);
  await alice.post('/api/connections', { peer: bob.address, purpose: 'first' });
  await card.getByText('first').waitFor();
  await alice.post('/api/connections', { peer: bob.address, purpose: 'second' });
  await card.getByText('second').waitFor();
  await card.getByText('first').waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('article').count(), 1);
});

story('the browser tells about a request when nobody looks at the window', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page, context } = await openPeople(stage, bob, { path: null });
  await context.grantPermissions(['notifications']);
  await context.addInitScript(() => {
    const told = [];
    class Told {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor(title, { body }) { told.push({ title, body, notification: this }); }
      close() {}
    }
    window.Notification = Told;
    window.told = told;
    document.hasFocus = () => false;
  });
  await page.goto(`${bob.instance.url}#/people`);
  const box = page.getByLabel('Tell me about requests when this window is in the background');
  assert.equal(await box.isChecked(), false);
  await box.check();
  await page.goto(`${bob.instance.url}#/files`);
  const read = page.waitForResponse(/\/api\/connections\?/);
  await page.reload();
  await (await read).finished();
  await alice.post('/api/connections', { peer: bob.address, purpose: 'Hello <b>Bob</b>' });
  await page.waitForFunction(() => window.told.length === 1);
  const { title, body } = await page.evaluate(() => window.told.map(({ title, body }) => ({ title, body }))[0]);
  assert.equal(title, `${alice.address} asks to connect with ${bob.address}`);
  assert.equal(body, 'Hello <b>Bob</b>');
  // On another screen there is a line at the foot as well; the badge stays whatever becomes of that.
  await page.getByText(`${alice.address} asks to connect with ${bob.address}`).waitFor();
  await titleBecomes(page, /^\(1\) Files/);
  await page.evaluate(() => window.told[0].notification.onclick());
  await requestOf(page, alice).waitFor();
});

story('a double click answers one request', async (stage) => {
  const { alice, bob, a } = await twoHouses(stage);
  const anna = await a.addUser('anna');
  await alice.post('/api/connections', { peer: bob.address, purpose: 'first' });
  await pendingRequest(alice, bob);
  await anna.post('/api/connections', { peer: bob.address, purpose: 'second' });
  const { page } = await openPeople(stage, bob);
  await page.getByText('2 requests wait for an answer').waitFor();
  const first = page.getByRole('article').first();
  assert.match(await first.innerText(), /first/);
  await page.locator('.unsettled').first().waitFor({ state: 'detached' });
  // The second card takes the place of the first; the mouse stays where it is, and is faster than any person's.
  const box = await first.getByRole('button', { name: /^Decline/ }).boundingBox();
  const at = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.click(...at);
  await page.getByText('1 request waits for an answer').waitFor();
  // The button is gone; who goes on by keyboard does so at the heading above the next request.
  await page.waitForFunction(() => document.activeElement?.textContent === '1 request waits for an answer');
  assert.equal(await page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest('button') === null, at), true);
  await page.mouse.click(...at);
  await page.locator('.unsettled').first().waitFor({ state: 'detached' });
  assert.equal((await bob.get('/api/connections')).items.filter(({ state }) => state === 'pending_in').length, 1);
});
