// Debian's Chromium, one for each test program, and windows in it: each with cookies, storage and a guard of its own.

import { createRequire } from 'node:module';

import { Guard } from './guard.mjs';

// playwright-core is a CommonJS package whose exports Node 18 can't tell by name.
const { chromium } = createRequire(import.meta.url)('playwright-core');

// Every name below .example is this machine, no other name is anything: whatever a page tries stays here.
const NAMES = 'MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

const ARGUMENTS = [
  '--no-sandbox', // tests run as root in containers
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-domain-reliability',
  '--no-pings',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--font-render-hinting=none',
  `--host-resolver-rules=${NAMES}`,
];

const NARROWEST = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };

// A browser with a fresh, empty profile, which goes away with it.
export function launchBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
}

// A window at nothing yet: { context, page, guard }. `base` is the page's address, `origins` others that may be asked.
// German, dark, narrow and so on as `locale: 'de-DE'`, `colorScheme: 'dark'`, `viewport: 'narrow'`; what else
// browser.newContext() takes is passed on.
export async function openWindow(
  browser,
  base,
  { origins = [], locale = 'en-GB', colorScheme = 'light', viewport = WIDE, reducedMotion = 'reduce', ...rest } = {},
) {
  const context = await browser.newContext({
    locale,
    colorScheme,
    reducedMotion,
    viewport: viewport === 'narrow' ? NARROWEST : viewport,
    timezoneId: 'Europe/Berlin',
    baseURL: base,
    ...rest,
  });
  const guard = new Guard(context, base, origins);
  const page = await context.newPage();
  await guard.watchPolicy(page);
  return { context, page, guard };
}

// Gives the window a session of `person`, as logging in at the page does.
export async function logIn(context, person) {
  const { email, password, instance } = person;
  const answer = await context.request.post(new URL('api/session', instance.url).href, { data: { email, password } });
  if (answer.status() !== 201) {
    throw new Error(`${email} got no session: ${answer.status()} ${await answer.text()}`);
  }
  return answer.json();
}
