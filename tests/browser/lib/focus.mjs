// Waits for the focus. It follows what is drawn, so a story that types right after opening a dialog types into what
// was there before.

import { until } from './waiting.mjs';

// `locator`'s element has the focus.
export function focused(locator) {
  return until(
    () => locator.evaluate((one) => one === document.activeElement).catch(() => false),
    `the focus on ${locator}`);
}

// What `look` (run in the page) finds of the focused element is `expected`.
export async function focusBecomes(page, look, expected) {
  let found;
  const question = `(${look})(document.activeElement)`;
  return until(
    async () => { found = await page.evaluate(question); return found === expected; },
    () => `the focus on ${JSON.stringify(expected)}, not ${JSON.stringify(found)}`);
}
