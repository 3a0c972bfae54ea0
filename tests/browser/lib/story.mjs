// Tests as stories: a stage with real instances and browser windows, all of it checked and cleared away at the end.
// When a story fails, the windows' pictures go to build/browser-failures and the ends of the instances' logs are printed.
//
//   story('alice sees her photo', async (stage) => {
//     const home = await stage.instance({ name: 'Home' });
//     const alice = await home.addUser('alice');
//     const { page } = await stage.open(home, { as: alice });
//     …
//   });

import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { launchBrowser, logIn, openWindow } from './browser.mjs';
import { servePages } from './http.mjs';
import { Instance, SOURCE } from './instance.mjs';
import { startProxy } from './proxy.mjs';
import { withDeadline } from './waiting.mjs';

const FAILURES = process.env.KITH_BROWSER_FAILURES ?? path.join(SOURCE, 'build/browser-failures');

// One browser for all stories of a file, from the first that wants one on.
let browser = null;
after(async () => {
  await (await browser)?.close();
  // The last of all: Node 18 may spin for good while it takes apart what is left of a connection that was reset.
  process.on('exit', () => process.exit());
});

function theBrowser() {
  browser ??= launchBrowser();
  return browser;
}

// What a story routed may still be on its way when it ends.
async function closeWindow({ context }) {
  await Promise.all([context, ...context.pages()].map((one) => one.unrouteAll({ behavior: 'ignoreErrors' })));
  await context.close();
}

class Stage {
  instances = [];
  windows = [];
  #clearing = [];

  // A started instance; see Instance for the options.
  async instance(options) {
    const instance = await Instance.create(options);
    this.instances.push(instance);
    this.#clearing.push(() => instance.close());
    return instance.start();
  }

  // An instance behind a reverse proxy, under a path of its own.
  async instanceBehindProxy({ prefix, settings, ...options } = {}) {
    const proxy = await startProxy(prefix);
    this.#clearing.push(() => proxy.close());
    const instance = await this.instance({ ...options, settings: { ...settings, ...proxy.settings } });
    proxy.forwardTo(instance);
    return instance;
  }

  // A website of somebody else; see servePages.
  async website(pages) {
    const site = await servePages(pages);
    this.#clearing.push(() => site.close());
    return site;
  }

  // A new window, at `path` of the instance's page (`path: null` stays nowhere); logged in with `as`. `place` may be
  // any address as well. See openWindow for the other options.
  async open(place, { as = null, path: where = '', ...options } = {}) {
    const base = typeof place === 'string' ? place : place.url;
    const window = await openWindow(await theBrowser(), base, options);
    this.windows.push(window);
    this.#clearing.push(() => closeWindow(window));
    if (as) {
      window.session = await logIn(window.context, as);
    }
    if (where !== null) {
      await window.page.goto(new URL(where, base).href);
    }
    return window;
  }

  async checkWindows() {
    for (const { guard } of this.windows) {
      await guard.check();
    }
  }

  // What helps to understand a failure.
  async explain(title) {
    fs.mkdirSync(FAILURES, { recursive: true });
    const name = title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 80);
    const pages = this.windows.flatMap(({ context }) => context.pages());
    for (const [number, page] of pages.entries()) {
      const file = path.join(FAILURES, `${name}-${number + 1}.png`);
      const taken = await page.screenshot({ path: file, timeout: 5000 }).then(
        () => file,
        (error) => error.message,
      );
      console.error(`window ${number + 1} at ${page.url()}: ${taken}`);
    }
    for (const { guard } of this.windows) {
      const found = await withDeadline(guard.problems(), 5000, 'problems').catch((error) => [error.message]);
      found.forEach((problem) => console.error(`guard: ${problem}`));
    }
    for (const instance of this.instances) {
      console.error(`the end of ${instance.name}'s log:\n${instance.logTail()}`);
    }
  }

  // In reverse; everything is tried, the first error is told.
  async clear() {
    this.windows.forEach(({ guard }) => guard.detach());
    const errors = [];
    for (const step of this.#clearing.reverse()) {
      await step().catch((error) => errors.push(error));
    }
    if (errors.length > 0) {
      throw errors[0];
    }
  }
}

// One test. `seconds` bounds it, set-up included.
export function story(title, tell, { seconds = 120 } = {}) {
  // The runner's own limit comes after ours, which leaves time for explaining and clearing.
  test(title, { timeout: (seconds + 60) * 1000 }, async () => {
    const stage = new Stage();
    try {
      await withDeadline(tell(stage), seconds * 1000, title);
      await stage.checkWindows();
    } catch (error) {
      await stage.explain(title);
      await stage.clear().catch((second) => console.error(second.message));
      throw error;
    }
    await stage.clear();
  });
}
