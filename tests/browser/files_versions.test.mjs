// Older versions of a file: seen, downloaded, made the newest again.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceAtHome, assetNamed, marker, opener, openFiles, selection, tile, toasts, viewer } from './lib/files_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const dialog = (page) => page.getByRole('dialog', { name: /^(Versions|Versionen)$/ });
const versions = async (page) => (await dialog(page).locator('.version-name').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));

async function withVersions(stage, contents, name = 'plan.txt') {
  const place = await aliceAtHome(stage, { [name]: contents[0], 'other.txt': 'other' });
  for (const content of contents.slice(1)) await place.alice.upload(name, content);
  return place;
}

async function select(page, name) {
  await tile(page, name).hover();
  await marker(page, name).click();
}

const contentOf = async (person, name) => {
  const { id } = await assetNamed(person, name);
  return (await person.request('GET', `/api/assets/${id}/content`)).body.toString();
};

story('from the selection: listed, downloaded, restored', async (stage) => {
  const { home, alice } = await withVersions(stage, ['first', 'the second']);
  const { page } = await openFiles(stage, home, alice);
  await select(page, 'other.txt');
  assert.equal(await selection(page).getByRole('button', { name: 'Versions' }).count(), 0, 'it has but one');
  await marker(page, 'other.txt').click();
  await select(page, 'plan.txt');
  await selection(page).getByRole('button', { name: 'Versions' }).click();
  await dialog(page).getByText('Version 1').waitFor();
  assert.deepEqual(await versions(page), ['Version 2 The newest', 'Version 1']);
  await dialog(page).getByText(/^Kept until /).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'versions');

  const [saved] = await Promise.all([page.waitForEvent('download'), dialog(page).getByRole('button', { name: 'Download version 1' }).click()]);
  assert.equal(saved.suggestedFilename(), 'plan.txt');
  assert.equal(fs.readFileSync(await saved.path(), 'utf8'), 'first');

  assert.equal(await dialog(page).getByRole('button', { name: 'Restore version 2' }).count(), 0, 'it is the newest');
  await dialog(page).getByRole('button', { name: 'Restore version 1' }).click();
  await toasts(page).getByText('plan.txt is as it was in version 1. What it was before is kept as a version too.').waitFor();
  await until(async () => (await versions(page)).join() === 'Version 3 The newest,Version 2,Version 1', 'three versions');
  assert.equal(await contentOf(alice, 'plan.txt'), 'first');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

story('by keyboard alone, from the details and from the viewer', async (stage) => {
  const { home, alice } = await withVersions(stage, ['first', 'the second']);
  const { page } = await openFiles(stage, home, alice);
  await opener(page, 'plan.txt').focus();
  await page.keyboard.press('Enter');
  await viewer(page).getByRole('button', { name: 'Versions' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByText('Version 1').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await viewer(page).getByRole('button', { name: 'Details' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Details' }).getByRole('button', { name: 'Versions' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('button', { name: 'Restore version 1' }).focus();
  await page.keyboard.press('Enter');
  await until(async () => (await contentOf(alice, 'plan.txt')) === 'first', 'the first one again');
});

story('a new version elsewhere is seen at once', async (stage) => {
  const { home, alice } = await withVersions(stage, ['first', 'the second']);
  const { page } = await openFiles(stage, home, alice);
  await select(page, 'plan.txt');
  await selection(page).getByRole('button', { name: 'Versions' }).click();
  await dialog(page).getByText('Version 2').waitFor();
  await alice.upload('plan.txt', 'a third');
  await dialog(page).getByText('Version 3').waitFor();
});

story('many versions come as one asks for them', async (stage) => {
  const { home, alice } = await withVersions(stage, Array.from({ length: 60 }, (_, n) => `content ${n}`));
  const { page } = await openFiles(stage, home, alice);
  await select(page, 'plan.txt');
  await selection(page).getByRole('button', { name: 'Versions' }).click();
  await until(async () => (await versions(page)).length === 50, 'the first fifty');
  await dialog(page).getByRole('button', { name: 'Show older ones' }).click();
  await until(async () => (await versions(page)).length === 60, 'all of them');
  assert.equal(await dialog(page).getByRole('button', { name: 'Show older ones' }).count(), 0);
});

story('what is gone meanwhile is said', async (stage) => {
  const { home, alice, assets } = await withVersions(stage, ['first', 'the second']);
  const { page, guard, context } = await openFiles(stage, home, alice);
  const { id } = assets['plan.txt'];
  guard.allow('status', `404 POST /api/assets/${id}/restore`);
  await select(page, 'plan.txt');
  await selection(page).getByRole('button', { name: 'Versions' }).click();
  await context.route(`**/api/assets/${id}/restore`, (route) => route.fulfill({ status: 404, body: '{"code": "not_found"}' }));
  await dialog(page).getByRole('button', { name: 'Restore version 1' }).click();
  await toasts(page).getByText('Version 1 is not there any more.').waitFor();
});

story('while the daemon does not answer; then it does', async (stage) => {
  const { home, alice, assets } = await withVersions(stage, ['first', 'the second']);
  const { page, guard, context } = await openFiles(stage, home, alice);
  guard.allow('failed');
  const listing = `**/api/assets/${assets['plan.txt'].id}/versions*`;
  await context.route(listing, (route) => route.abort());
  await select(page, 'plan.txt');
  await selection(page).getByRole('button', { name: 'Versions' }).click();
  await dialog(page).getByRole('alert').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'versions-offline');
  await context.unroute(listing);
  await dialog(page).getByRole('button', { name: 'Try again' }).click();
  await dialog(page).getByText('Version 1').waitFor();
});

story('hostile names, in German', async (stage) => {
  const name = '<img src=x onerror=alert(1)>\u202egpj.txt';
  const { home, alice } = await withVersions(stage, ['first', 'the second'], name);
  const { page } = await openFiles(stage, home, alice, { locale: 'de-DE' });
  await page.locator('.tile').last().hover();
  await page.locator('.tile').last().getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Versionen' }).click();
  await dialog(page).getByText('Version 1').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'versions-german');
});
