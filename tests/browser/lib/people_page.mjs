// The People screen as tests of it use it: two households, and what a person looks for and does there.

import assert from 'node:assert/strict';

import { until } from './waiting.mjs';

// Alice at A, bob at B; `admin` makes bob look after B.
export async function twoHouses(stage, { bobIsAdmin = false, settings = {} } = {}) {
  const [a, b] = await Promise.all([stage.instance({ name: 'Alice’s house', settings }), stage.instance({ name: 'Bob’s house', settings })]);
  const alice = await a.addUser('alice', { admin: true });
  const bob = await b.addUser('bob', { admin: bobIsAdmin });
  return { a, b, alice, bob };
}

export function openPeople(stage, person, options = {}) {
  return stage.open(person.instance, { as: person, path: '#/people', ...options });
}

// The card of the request of `from`.
export function requestOf(page, from) {
  return page.getByRole('article', { name: from.address });
}

export function rowOf(page, person) {
  return page.getByRole('listitem').filter({ has: page.getByRole('link', { name: person.address }) });
}

// All fingerprints that `place` shows, one space between groups.
export async function fingerprintsIn(place) {
  await place.locator('.fingerprint').first().waitFor();
  const texts = await place.locator('.fingerprint').allInnerTexts();
  return texts.map((text) => text.trim().replace(/\s+/g, ' '));
}

export async function wordsOn(page) {
  const list = page.locator('ol.words-list');
  await list.waitFor();
  return list.locator('li').allInnerTexts();
}

// Fills in and sends the dialog that asks somebody.
export async function sendRequest(page, peer, purpose) {
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect' });
  await dialog.getByLabel('Address or invite link').fill(peer);
  await dialog.getByLabel(/^Why/).fill(purpose);
  await dialog.getByRole('button', { name: 'Send the request' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

// Tabs on until the element has the focus, as somebody without a mouse does.
export async function tabTo(page, target, most = 60) {
  for (let steps = 0; steps < most; ++steps) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${target} is not reached by the keyboard`);
}

export function titleBecomes(page, pattern) {
  return until(async () => pattern.test(await page.title()), async () => `title ${pattern}, not ${await page.title()}`);
}
