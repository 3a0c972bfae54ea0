// Pictures of screens for people to look at: <name>-light.png, <name>-dark.png and, at 320 pixels, <name>-narrow.png in
// the folder KITH_SCREENSHOTS (build/screenshots without it).

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { SOURCE } from './instance.mjs';

function folder() {
  return process.env.KITH_SCREENSHOTS ?? path.join(SOURCE, 'build/screenshots');
}

// Leaves the page as it was: its colours and its size. `narrow: false` leaves that picture out, `fullPage` takes in
// what has to be scrolled to.
export async function shoot(page, name, { narrow = true, fullPage = false } = {}) {
  assert.match(name, /^[a-z0-9-]+$/);
  fs.mkdirSync(folder(), { recursive: true });
  const before = await page.evaluate(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await picture(page, `${name}-${colorScheme}`, fullPage);
  }
  await page.emulateMedia({ colorScheme: before });
  if (narrow) {
    const size = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 640 });
    await settled(page);
    await checkNoSidewaysScroll(page);
    await picture(page, `${name}-narrow`, fullPage);
    await page.setViewportSize(size);
  }
}

// Nothing sticks out to the right: what has to be scrolled sideways is lost on a phone.
export async function checkNoSidewaysScroll(page) {
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) {
      return null;
    }
    const out = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > room + 0.5);
    return out.slice(0, 5).map((e) => `<${e.localName} id="${e.id}" class="${e.getAttribute('class') ?? ''}">`);
  });
  assert.equal(wide, null, `the page is wider than the window; what sticks out first: ${wide}`);
}

// Two frames painted, fonts and visible images there, animations done (those that never end aside).
export async function settled(page) {
  // Small pictures are on their way; those of a peer that is down may never come.
  await page.locator('[data-loading]').first().waitFor({ state: 'detached', timeout: 5000 }).catch(() => {});
  await page.evaluate(async () => {
    const inSight = (image) => {
      const box = image.getBoundingClientRect();
      return box.bottom > 0 && box.top < innerHeight && box.width > 0;
    };
    const frame = () => new Promise((painted) => requestAnimationFrame(painted));
    await frame();
    await frame();
    await document.fonts.ready;
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
    const images = [...document.images].filter((image) => inSight(image) && image.currentSrc !== '');
    // A picture that can't be shown has its place in the design as well.
    await Promise.allSettled(images.map((image) => image.decode()));
  });
}

async function picture(page, name, fullPage) {
  await settled(page);
  await page.screenshot({ path: path.join(folder(), `${name}.png`), animations: 'disabled', caret: 'hide', fullPage });
}
