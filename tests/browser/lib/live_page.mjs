// Live transfers as those meet them who have a link: made by `kith live send`, opened by somebody without an account.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { after } from 'node:test';

import { SOURCE } from './instance.mjs';
import { withDeadline } from './waiting.mjs';

// Beside the daemon that is tried.
const KITH = process.env.KITH ?? (process.env.KITHD
  ? path.join(path.dirname(process.env.KITHD), 'kith')
  : path.join(SOURCE, 'build/release/bin/kith'));

// A sender stays until it is ended, at the latest with the stories of its file.
const running = new Set();
const endAll = () => running.forEach((child) => child.kill('SIGKILL'));
after(endAll);
process.on('exit', endAll);

function start(args, environment) {
  const own = Object.entries(process.env).filter(([name]) => !/^(KITH|XDG)_/.test(name));
  const child = spawn(KITH, ['live', ...args], { env: { ...Object.fromEntries(own), ...environment } });
  running.add(child);
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (piece) => { told += piece; });
  const ended = new Promise((resolve) => {
    child.once('close', (status, signal) => {
      running.delete(child);
      resolve({ status: status ?? signal, told });
    });
  });
  return { child, ended };
}

function firstLine(stream) {
  let text = '';
  return new Promise((resolve) => {
    stream.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      if (text.includes('\n')) resolve(text.split('\n')[0]);
    });
  });
}

// `kith live send` of alice's with these arguments: { link, child, ended }. It stays until it is ended.
export async function sendLive(alice, args) {
  const { instance, token } = alice;
  const server = `http://127.0.0.1:${instance.localPort}`;
  const sender = start(['send', ...args], { KITH_SERVER: server, KITH_TOKEN: token });
  const early = sender.ended.then(({ status, told }) => {
    throw new Error(`kith live send ended with ${status}: ${told}`);
  });
  early.catch(() => {}); // it ends some day, which is no error then
  const link = await withDeadline(Promise.race([firstLine(sender.child.stdout), early]), 30_000, 'the link');
  return { ...sender, link };
}

// `kith live receive` of somebody who has no account.
export function receiveLive(link, args = []) {
  return start(['receive', link, ...args], {}).ended;
}

// A window at a live link, out of which the secret must not go, whatever happens. `url` is where the receiver reaches the
// instance.
export async function openLive(stage, home, link, { url = home.publicUrl, before, ...options } = {}) {
  const window = await stage.open(url, { path: null, acceptDownloads: true, ...options });
  const { hash } = new URL(link);
  const secret = hash.split('.')[1];
  window.secrets = [secret];
  window.leaks = [];
  window.context.on('request', (asked) => {
    const shown = [asked.url(), ...Object.entries(asked.headers()).flat(), asked.postData() ?? ''].join('\n');
    if (shown.includes(secret)) window.leaks.push(`${asked.method()} ${asked.url()}`);
  });
  await before?.(window);
  await window.page.goto(new URL(`live/l${hash}`, url).href);
  await window.page.locator('main h1').waitFor();
  return window;
}
