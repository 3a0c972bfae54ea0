// The same screen elsewhere: in German, under a path of a proxy, by keyboard alone, with large text.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { focusBecomes, focused } from './lib/focus.mjs';
import { connect, pendingRequest } from './lib/people.mjs';
import { openPeople, requestOf, tabTo, twoHouses, wordsOn } from './lib/people_page.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

story('in German', async (stage) => {
  const { alice, bob, a } = await twoHouses(stage, { bobIsAdmin: true });
  const { page } = await openPeople(stage, bob, { locale: 'de-DE' });
  await page.getByRole('heading', { name: 'Noch niemand' }).waitFor();
  await alice.post('/api/connections', { peer: bob.address, purpose: 'Urlaubsbilder' });
  const card = requestOf(page, alice);
  await card.getByText(`möchte sich mit dir verbinden (${bob.address})`).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await checkAccessibility(page);
  await shoot(page, 'people-german-request', { fullPage: true });
  await card.getByRole('button', { name: `${alice.address} annehmen` }).click();
  await wordsOn(page);
  await page.getByText('Jetzt vergleichst du mit alice die sechs Wörter.').waitFor();
  await page.getByText('Angenommen von dir').waitFor();
  assert.equal(await page.locator('ol.words-list').getAttribute('lang'), 'en');
  await checkAccessibility(page);
  await shoot(page, 'people-german-words', { fullPage: true });
  await page.getByRole('button', { name: 'Alle sechs sind gleich' }).click();
  await page.getByText('bestätigt, dass die sechs Wörter gleich sind').waitFor();
  await a.stop();
  await page.getByRole('button', { name: `Mehr zu ${alice.address}` }).click();
  await page.getByRole('menuitem', { name: 'Schlüssel wechseln' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Schlüssel wechseln' }).click();
  await page.locator('.timeline li.trouble').getByText(`${a.domain} antwortet nicht.`).waitFor();
  await shoot(page, 'people-german-down', { fullPage: true });
  await page.getByRole('link', { name: 'Alle Personen' }).click();
  await page.getByRole('button', { name: 'Einladen' }).click();
  await page.getByRole('button', { name: 'Einladung erstellen' }).click();
  await page.getByText('Noch 1 von 1').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'people-german-invite');
});

story('behind a proxy, under a path', async (stage) => {
  const b = await stage.instanceBehindProxy({ name: 'Bob’s house', prefix: '/kith/' });
  const a = await stage.instance({ name: 'Alice’s house' });
  const alice = await a.addUser('alice');
  const bob = await b.addUser('bob');
  const { page } = await openPeople(stage, bob);
  await page.getByText('Nobody yet').waitFor();
  await alice.post('/api/connections', { peer: bob.address, purpose: '' });
  await requestOf(page, alice).getByRole('button', { name: `Approve ${alice.address}` }).click();
  await wordsOn(page);
  assert.match(page.url(), /\/kith\/#\/people\/[0-9a-z]{26}$/);
});

story('everything by keyboard: asking, inviting, declining', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page } = await openPeople(stage, alice);
  await tabTo(page, page.getByRole('button', { name: 'Connect', exact: true }));
  await page.keyboard.press('Enter');
  await focused(page.getByLabel('Address or invite link'));
  await page.keyboard.type(bob.address);
  await page.keyboard.press('Tab');
  await page.keyboard.type('By keyboard');
  await tabTo(page, page.getByRole('button', { name: 'Send the request' }));
  await page.keyboard.press('Space');
  await page.getByText('Now it is bob’s turn').waitFor();
  // The screen changed: the next Tab starts in it.
  await focusBecomes(page, (one) => one?.localName, 'main');
  await pendingRequest(alice, bob);

  const { page: bobs } = await openPeople(stage, bob);
  await tabTo(bobs, requestOf(bobs, alice).getByRole('button', { name: `Decline ${alice.address}` }));
  await bobs.keyboard.press('Enter');
  await requestOf(bobs, alice).waitFor({ state: 'detached' });
  await focusBecomes(bobs, (one) => one?.localName, 'main');
  await tabTo(bobs, bobs.getByRole('button', { name: 'Invite', exact: true }));
  await bobs.keyboard.press('Enter');
  await bobs.getByRole('dialog').waitFor();
  await tabTo(bobs, bobs.getByRole('button', { name: 'Make the invite' }));
  await bobs.keyboard.press('Enter');
  await bobs.getByText('The invite is ready').waitFor();
  await bobs.keyboard.press('Escape');
  await focusBecomes(bobs, (one) => one?.textContent, 'Invite');
});

story('with letters twice as large', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  await alice.post('/api/connections', { peer: bob.address, purpose: 'x'.repeat(280) });
  const { page } = await openPeople(stage, bob, { viewport: { width: 640, height: 900 } });
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await requestOf(page, alice).waitFor();
  await checkNoSidewaysScroll(page);
  await shoot(page, 'people-large', { narrow: false, fullPage: true });
  await bob.post(`/api/connections/${(await pendingRequest(alice, bob)).id}/reject`);
  const { bobSide } = await connect(alice, bob, { verify: false });
  await page.goto(`${bob.instance.url}#/people/${bobSide}`);
  await wordsOn(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'people-large-words', { narrow: false, fullPage: true });
});
