// What admins see and do beyond their own: everybody's requests, servers known here, blocking, new keys.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { checkAccessibility } from './lib/a11y.mjs';
import { connect, pendingRequest } from './lib/people.mjs';
import { fingerprintsIn, openPeople, requestOf, titleBecomes, twoHouses } from './lib/people_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

function serverCard(page, domain) {
  return page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: domain }) });
}

story('an admin sees whose request it is; others see only their own', async (stage) => {
  const { alice, bob, b } = await twoHouses(stage);
  const carol = await b.addUser('carol');
  const ada = await b.addUser('ada', { admin: true });
  const { page: carols } = await openPeople(stage, carol);
  const { page: adas } = await openPeople(stage, ada);
  await carols.getByText('Nobody yet').waitFor();
  await alice.post('/api/connections', { peer: bob.address, purpose: 'for bob' });
  const { id } = await pendingRequest(alice, bob);

  const card = requestOf(adas, alice);
  await card.getByText(`asks to connect with bob (${bob.address})`).waitFor();
  await titleBecomes(adas, /^\(1\) /);
  await checkAccessibility(adas);
  await shoot(adas, 'people-admin-request', { fullPage: true });

  // Carol neither sees it nor may do anything about it.
  assert.equal(await requestOf(carols, alice).count(), 0);
  assert.doesNotMatch(await carols.title(), /^\(/);
  assert.equal(await carols.getByRole('link', { name: /Servers known here/ }).count(), 0);
  assert.equal((await carol.request('POST', `/api/connections/${id}/reject`)).status, 404);
  const { page: direct, guard } = await openPeople(stage, carol, { path: `#/people/${id}` });
  guard.allow('status', `404 GET /api/connections/${id}`);
  await direct.getByText('That is not there any more').waitFor();
  // Her own she sees, without the button to block.
  await alice.post('/api/connections', { peer: carol.address, purpose: 'for carol' });
  await requestOf(carols, alice).waitFor();
  assert.equal(await carols.getByRole('button', { name: /^Block/ }).count(), 0);
  assert.equal(await carols.getByText('for bob').count(), 0);

  await card.filter({ hasText: 'for bob' }).getByRole('button', { name: `Approve ${alice.address}` }).click();
  await adas.getByText(`Approved ${alice.address}.`).waitFor();
  await bob.waitForConnection(id, (connection) => connection.state === 'established');
});

story('blocking a server declines what waits, keeps it out, and can be undone', async (stage) => {
  const { alice, bob, a, b } = await twoHouses(stage, { bobIsAdmin: true });
  const carol = await b.addUser('carol');
  const { page, guard } = await openPeople(stage, bob);
  // A request that is asked anew before anybody answered is forgotten.
  guard.allow('status', /^404 GET \/api\/connections\/[0-9a-z]+$/);
  await alice.post('/api/connections', { peer: bob.address, purpose: 'one' });
  await alice.post('/api/connections', { peer: carol.address, purpose: 'two' });
  await page.getByText('2 requests wait for an answer').waitFor();
  await requestOf(page, alice).first().getByRole('button', { name: `Block the server ${a.domain}` }).click();
  const question = page.getByRole('alertdialog', { name: `Block ${a.domain}?` });
  await question.getByText('The 2 requests that wait are declined.').waitFor();
  await shoot(page, 'people-block');
  // Thinking better of it changes nothing, on the page of the request either.
  await question.getByRole('button', { name: 'Cancel' }).click();
  await requestOf(page, alice).first().waitFor();
  const [{ id }] = (await bob.get('/api/connections')).items;
  await page.evaluate((hash) => { location.hash = hash; }, `#/people/${id}`);
  await page.getByRole('link', { name: 'All people' }).waitFor();
  await page.getByRole('button', { name: `Block the server ${a.domain}` }).click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  assert.match(page.url(), new RegExp(`#/people/${id}$`));
  await page.getByRole('button', { name: `Block the server ${a.domain}` }).click();
  await question.getByRole('button', { name: `Block ${a.domain}` }).click();
  await page.getByText(`${a.domain} is blocked.`).waitFor();
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  await page.getByRole('article').first().waitFor({ state: 'detached' });
  await titleBecomes(page, /^People/);
  assert.equal((await bob.get('/api/admin/instances')).items[0].blocked, true);
  assert.equal((await bob.get('/api/connections')).items.every(({ state }) => state === 'rejected'), true);

  await alice.post('/api/connections', { peer: bob.address, purpose: 'again' });
  await page.getByText('Earlier (2)').click();
  await page.getByRole('button', { name: `Unblock ${a.domain}` }).first().waitFor();
  await shoot(page, 'people-blocked', { fullPage: true });
  await page.getByRole('link', { name: /Servers known here/ }).click();
  const card = serverCard(page, a.domain);
  await card.getByText('Blocked').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'people-servers-blocked', { fullPage: true });
  await card.getByRole('button', { name: `Unblock ${a.domain}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unblock' }).click();
  await card.getByText('Blocked').waitFor({ state: 'detached' });

  await page.getByRole('link', { name: 'All people' }).click();
  await alice.post('/api/connections', { peer: bob.address, purpose: 'last time' });
  await requestOf(page, alice).getByText('last time').waitFor();
});

story('a server with another key stands on top, and only the key that is shown is accepted', async (stage) => {
  const { alice, bob, a } = await twoHouses(stage, { bobIsAdmin: true });
  await connect(alice, bob);
  const { page, guard } = await openPeople(stage, bob);
  await page.getByRole('link', { name: /Servers known here/ }).click();
  const card = serverCard(page, a.domain);
  await card.getByText('Seen, but not proven').waitFor();
  const [before] = await fingerprintsIn(card);
  await card.getByRole('button', { name: `Accept this key of ${a.domain}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Accept this key' }).click();
  await card.getByText('Accepted by an admin').waitFor();

  // Alice sets her server up anew, at the same address.
  await a.stop();
  fs.rmSync(path.join(a.directory, 'data'), { recursive: true });
  await a.start();
  const anew = await a.addUser('alice');
  await bob.post('/api/connections', { peer: anew.address, purpose: 'again' });
  await card.getByText(`Something is wrong with the key of ${a.domain}`).waitFor();
  const [was, now] = await fingerprintsIn(card);
  assert.equal(was, before);
  assert.equal(now, (await anew.get('/api/instance')).fingerprint);
  await checkAccessibility(page);
  await shoot(page, 'people-key-changed', { fullPage: true });
  await page.getByRole('link', { name: 'All people' }).click();
  await page.getByRole('link', { name: /Servers known here/ }).getByText('1 needs your attention').waitFor();
  await page.getByText('Earlier (1)').click();
  await page.getByText(`${a.domain} shows another key than expected.`).waitFor();
  await page.getByRole('link', { name: /Servers known here/ }).click();

  // Somebody else was faster: the daemon refuses what is old, and the page looks again.
  await card.getByRole('button', { name: 'Accept the new key' }).click();
  const question = page.getByRole('alertdialog');
  await bob.post(`/api/admin/instances/${a.domain}/accept-key`, { fingerprint: now });
  guard.allow('status', /^4\d\d POST \/api\/admin\/instances/);
  await question.getByRole('button', { name: 'Accept this key' }).click();
  await card.getByText('Something is wrong').waitFor({ state: 'detached' });
  assert.deepEqual(await fingerprintsIn(card), [now]);
});

story('what a server calls itself is shown as text', async (stage) => {
  const hostile = '<img src=x onerror=alert(1)>\u202e';
  const a = await stage.instance({ name: hostile });
  const b = await stage.instance({ name: 'Bob’s house' });
  const alice = await a.addUser('alice');
  const bob = await b.addUser('bob', { admin: true });
  await connect(alice, bob);
  const { page } = await openPeople(stage, bob, { path: '#/people/servers' });
  await serverCard(page, a.domain).getByText('<img src=x onerror=alert(1)>⟨U+202E⟩').waitFor();
  assert.equal(await page.locator('main img').count(), 0);
});
