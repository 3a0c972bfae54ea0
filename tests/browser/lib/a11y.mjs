// What axe finds about a page as it is shown right now. axe runs in a world of its own beside the page's scripts: the
// page's Content-Security-Policy and Trusted Types stay as strict as they are, and the page sees nothing of it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const GRAVE = ['serious', 'critical'];

// Fails with a list of what is serious or critical. `within` is a CSS selector; `bestPractice` asks for more than the
// guidelines do; `skip` names rules that must not count, each with its reason beside the call.
export async function checkAccessibility(page, options = {}) {
  const found = await accessibilityViolations(page, options);
  const grave = found.filter((violation) => GRAVE.includes(violation.impact));
  assert.ok(grave.length === 0, `axe finds at ${page.url()}:\n${grave.map(describe).join('\n')}`);
}

// Everything axe finds, also what is minor.
export async function accessibilityViolations(page, { within, bestPractice = false, skip = [] } = {}) {
  const tools = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await tools.send('Page.getFrameTree');
    const world = await tools.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
    const run = (expression) => evaluate(tools, world.executionContextId, expression);
    await run(`${AXE}; undefined`);
    const options = {
      runOnly: [...RULES, ...(bestPractice ? ['best-practice'] : [])],
      rules: Object.fromEntries(skip.map((rule) => [rule, { enabled: false }])),
      resultTypes: ['violations'],
      iframes: false,
    };
    return await run(
      `axe.run(${JSON.stringify(within) ?? 'document'}, ${JSON.stringify(options)}).then((r) => r.violations)`,
    );
  } finally {
    await tools.detach();
  }
}

async function evaluate(tools, contextId, expression) {
  const { result, exceptionDetails } = await tools.send('Runtime.evaluate', {
    expression,
    contextId,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return result.value;
}

function describe({ id, impact, help, nodes }) {
  const places = nodes.map(
    (node) => `    ${node.target.join(' ')}\n      ${node.html.slice(0, 160)}\n      ${why(node)}`,
  );
  return `  ${impact} ${id}: ${help}\n${places.join('\n')}`;
}

function why(node) {
  return [...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ');
}
