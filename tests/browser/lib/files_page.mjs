// What tests do on the screen of files, in a person's words.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { SlowDoor } from './slow_door.mjs';
import { until } from './waiting.mjs';

// An instance with alice on it, who has these files: a name for each content.
export async function aliceAtHome(stage, files = {}, options = {}) {
  const home = await stage.instance({ name: 'Home', ...options });
  const alice = await home.addUser('alice', { admin: true });
  const assets = {};
  for (const [name, content] of Object.entries(files)) {
    assets[name] = await alice.upload(name, content);
  }
  return { home, alice, assets };
}

// A window on the files of a person, whose bytes go through a door that can be made slow.
export async function openSlowly(stage, home, person, options = {}) {
  const door = await SlowDoor.open(home.localPort);
  const window = await stage.open(door.url, { as: person, ...options });
  await window.page.locator('.empty, .tile, .file-row').first().waitFor();
  return { ...window, door };
}

export async function openFiles(stage, home, person, options = {}) {
  const window = await stage.open(home, { as: person, ...options });
  await window.page.locator('.empty, .tile, .file-row').first().waitFor();
  return window;
}

export const tile = (page, name) => page.locator('.entry').filter({ has: page.getByText(name, { exact: true }) });
export const opener = (page, name) => page.getByRole('button', { name: `Open ${name}`, exact: true });
export const marker = (page, name) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
export const panel = (page) => page.getByRole('region', { name: 'Uploads and downloads' });
export const row = (page, name) => panel(page).locator('.transfer').filter({ hasText: name });
export const toasts = (page) => page.locator('.toast');
export const selection = (page) => page.getByRole('group', { name: 'Selected files' });
export const viewer = (page) => page.getByRole('dialog', { name: /^Viewer: / });

// The names on the screen, as they stand.
export function namesOn(page) {
  return page.locator('.tile-name, .entry-open > .truncate').allInnerTexts();
}

export function waitForNames(page, names) {
  let last;
  const same = async () => {
    last = await namesOn(page);
    return JSON.stringify(last) === JSON.stringify(names);
  };
  return until(same, () => `the names ${JSON.stringify(names)}; there are ${JSON.stringify(last)}`);
}

export function digestOf(content) {
  return `sha-256:${createHash('sha256').update(content).digest('hex')}`;
}

// The asset of that name, as the daemon has it.
export async function assetNamed(person, name) {
  const { items } = await person.get('/api/assets', { name, limit: 500 });
  return items.find((asset) => asset.name === name);
}

export async function checkStored(person, name, content) {
  const asset = await assetNamed(person, name);
  assert.ok(asset, `${name} is not stored`);
  assert.equal(asset.size, content.length);
  assert.equal(asset.digest, digestOf(content));
  const got = await person.request('GET', `/api/assets/${asset.id}/content`);
  assert.equal(digestOf(got.body), digestOf(content));
  return asset;
}

const folders = [];
process.on('exit', () => folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

// Files on disk, in a folder of their own, which goes with the test program: { 'sub/a.txt': content }. What it gives back
// makes paths in that folder.
export function onDisk(files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'kith-pick-'));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  return (name = '') => path.join(root, name);
}

// Through the button and the browser's dialog.
export async function choose(page, files, button = 'Upload') {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: button, exact: true }).click()]);
  await chooser.setFiles(files);
}

// A drag from outside: over the page, then let go. `paths` are files and folders on disk.
export async function drop(page, paths, { onOver } = {}) {
  const tools = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const at = { x: 500, y: 400, data };
  await tools.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at });
  await tools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at });
  await onOver?.();
  await tools.send('Input.dispatchDragEvent', { type: 'drop', ...at });
  await tools.detach();
}

// Content that no two calls share.
export function bytes(size, seed = 1) {
  const content = Buffer.alloc(size);
  for (let at = 0, value = seed; at < size; ++at) {
    value = (value * 1103515245 + 12345) & 0x7fffffff;
    content[at] = value >> 16;
  }
  return content;
}
