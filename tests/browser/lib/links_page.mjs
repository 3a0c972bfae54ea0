// What tests do on the screen of links, in a person's words.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { openLink, saved } from './exchange_page.mjs';
import { choose, digestOf } from './files_page.mjs';

export async function openLinks(stage, home, person, options = {}) {
  const window = await stage.open(home, { as: person, path: '#/exchanges', ...options });
  await window.page.locator('.exchange, .empty').first().waitFor();
  return window;
}

export const link = (page, title) => page.locator('.exchange').filter({ has: page.getByRole('button', { name: title, exact: true }) });
export const dialog = (page, name) => page.getByRole('dialog', { name, exact: true });
export const made = (page) => dialog(page, 'Your link');
export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
export const more = (page) => page.getByText('More options', { exact: true }).click();

// The dialog for sending, with files of this device in it.
export async function chooseForLink(page, paths) {
  await press(page, 'Send files');
  await dialog(page, 'Send files by link').waitFor();
  await choose(page, paths, 'Choose files');
}

// Makes the link of the dialog that is open, and reads it.
export async function makeLink(page) {
  await press(page, 'Make the link');
  return made(page).getByLabel('Link', { exact: true }).inputValue();
}

// Away with it, though nothing was copied.
export async function closeMade(page) {
  await made(page).getByRole('button', { name: 'Done' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await made(page).waitFor({ state: 'detached' });
}

// Somebody without an account opens the link and fetches this file, which is what it should be.
export async function fetchByLink(stage, home, address, name, content, options = {}) {
  const window = await openLink(stage, home, address, options);
  const got = await saved(window.page, () => press(window.page, `Download ${name}`));
  assert.equal(got.name, name);
  assert.equal(digestOf(fs.readFileSync(got.path)), digestOf(content));
  return window;
}
