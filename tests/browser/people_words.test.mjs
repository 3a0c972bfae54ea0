// The six words: they differ, they are left for later, and what others see of them.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { connect } from './lib/people.mjs';
import { openPeople, rowOf, tabTo, twoHouses, wordsOn } from './lib/people_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

story('words that differ end the connection on both sides', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { aliceSide, bobSide } = await connect(alice, bob, { verify: false });
  const photo = await alice.upload('hills.jpg', 'hills');
  const { page: alices } = await openPeople(stage, alice, { path: `#/people/${aliceSide}` });
  const { page: bobs } = await openPeople(stage, bob);
  await wordsOn(alices);
  const chip = rowOf(bobs, alice).getByRole('link', { name: 'Words not compared' });
  await chip.waitFor();
  await shoot(bobs, 'people-unverified', { fullPage: true });
  await chip.click();
  await wordsOn(bobs);

  // Nothing is chosen by a key pressed too early, and the question can be taken back.
  await bobs.keyboard.press('Enter');
  await bobs.getByRole('button', { name: 'They differ' }).click();
  const question = bobs.getByRole('alertdialog', { name: 'End this connection?' });
  await question.getByText(`both screens show ${bob.address} and ${alice.address}`).waitFor();
  await checkAccessibility(bobs);
  await shoot(bobs, 'people-differ');
  await question.getByRole('button', { name: 'Look again' }).click();
  assert.equal((await bob.get(`/api/connections/${bobSide}`)).state, 'established');
  await bobs.getByRole('button', { name: 'They differ' }).click();
  await question.getByRole('button', { name: 'End it' }).click();

  await bobs.getByText('The six words differed.').waitFor();
  await alices.getByText('bob ended it.').waitFor();
  for (const page of [alices, bobs]) {
    await page.locator('ol.words-list').waitFor({ state: 'detached' });
    await page.getByText('This connection has ended.').waitFor();
  }
  await shoot(bobs, 'people-words-differed', { fullPage: true });
  assert.equal((await alice.get(`/api/assets/${photo.id}`)).name, 'hills.jpg');
});

story('words can wait, and one window learns from the other', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { bobSide } = await connect(alice, bob, { verify: false });
  const first = await openPeople(stage, bob, { path: `#/people/${bobSide}` });
  const second = await openPeople(stage, bob, { path: `#/people/${bobSide}` });
  await wordsOn(second.page);
  await tabTo(first.page, first.page.getByRole('button', { name: 'Later' }));
  await first.page.keyboard.press('Enter');
  await rowOf(first.page, alice).getByText('Words not compared').waitFor();
  await second.page.getByRole('button', { name: 'All six are the same' }).click();
  await second.page.getByText('You confirmed on').waitFor();
  await first.page.getByText('Words not compared').waitFor({ state: 'detached' });
});

story('an admin sees that words are open, but does not compare them for others', async (stage) => {
  const { alice, bob, b } = await twoHouses(stage);
  const ada = await b.addUser('ada', { admin: true });
  const { bobSide } = await connect(alice, bob, { verify: false });
  const { page } = await openPeople(stage, ada, { path: `#/people/${bobSide}` });
  await page.getByText('bob and alice are connected, and have the six words still to compare.').waitFor();
  await page.getByText('Only bob and alice can compare them').waitFor();
  assert.equal(await page.getByRole('button', { name: 'All six are the same' }).count(), 0);
});

story('keys are changed, and the connection is ended from its menu', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { bobSide, aliceSide } = await connect(alice, bob);
  const { page } = await openPeople(stage, bob, { path: `#/people/${bobSide}` });
  const menu = page.getByRole('button', { name: `More about ${alice.address}` });
  await tabTo(page, menu);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Change the keys' }).press('Enter');
  await checkAccessibility(page);
  await page.getByRole('alertdialog', { name: 'Change the keys?' }).getByRole('button', { name: 'Change the keys' }).click();
  await page.getByText('Changed the keys here').waitFor();
  await alice.waitForConnection(aliceSide, ({ timeline }) => timeline.some(({ step }) => step === 'rotated_there'));

  await menu.click();
  await shoot(page, 'people-menu');
  await page.getByRole('menuitem', { name: 'End the connection' }).click();
  const question = page.getByRole('alertdialog', { name: `End the connection with ${alice.address}?` });
  await shoot(page, 'people-end');
  await question.getByRole('button', { name: 'End the connection' }).click();
  await page.getByText('This connection has ended.').waitFor();
  await page.getByText('Both servers know that it has ended').waitFor();
  assert.equal(await menu.count(), 0);
  const ended = await alice.waitForConnection(aliceSide, ({ state }) => state === 'revoked');
  assert.equal(ended.reason, 'revoked_there');
});
