// Requests to connect: how one comes in, what is shown of it, and each answer to it.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
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
  assert.equal(await bobs.getByRole('link', { name: /People/ }).getByText('1 request waits for you').count(), 1);
  assert.equal(await bobs.getByRole('status').filter({ hasText: `${alice.address} asks to connect with ${bob.address}` }).count(), 1);
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
    assert.equal(await page.locator('ol.words-list').count(), 0);
    await page.getByRole('link', { name: 'All people' }).click();
  }
  await rowOf(bobs, alice).getByText('Connected', { exact: true }).waitFor();
  assert.equal(await rowOf(bobs, alice).getByText('Words not compared').count(), 0);
  const { items } = await bob.get('/api/connections');
  assert.equal(items[0].verified, true);
  await shoot(bobs, 'people-connected', { fullPage: true });
  await rowOf(bobs, alice).getByRole('link').click();
  await bobs.getByText('You and alice are connected').waitFor();
  await shoot(bobs, 'people-person', { fullPage: true });
});
