// Watches everything a browser context does, and collects what no good page does. Each problem is a kind and a text:
//
//   console    "error: the text (where)"           errors and warnings on the console
//   exception  "the message"                       uncaught, promises included
//   csp        "img-src: http://where"             what the Content-Security-Policy stopped
//   origin     "GET http://where/…"                requests to anybody but the origins that are known
//   status     "404 GET /path"                     answers of 400 and more; the path without the instance's own base
//   failed     "net::ERR_… GET /path"              requests without an answer, but not those the page itself gave up
//   dialog     "alert: the text"                   alert(), confirm() and prompt(); dismissed
//   crash      "the page's address"
//
// allow('status', '409 POST /api/connections') expects one of them: a text as it is, a RegExp, or any of its kind.

import assert from 'node:assert/strict';

const OF_THE_PAGE_ITSELF = ['data:', 'blob:', 'about:'];
// Chromium says these on the console as well; the answer, the failure or the violation itself is in the list already.
const TOLD_ELSEWHERE = /^Failed to load resource: /;
const ABOUT_CSP = /Content Security Policy|requires 'Trusted/;

export class Guard {
  #context;
  #base;
  #origins;
  #problems = [];
  #allowed = [];
  #listeners = [];

  // `base` is the address of the page under test; `origins` are others that may be asked.
  constructor(context, base, origins = []) {
    this.#context = context;
    this.#base = base;
    this.#origins = [base, ...origins].map((url) => new URL(url).origin);
    // A page that is not logged in finds that out by asking.
    this.allow('status', '401 GET /api/session');
    this.#watch('console', (message) => this.#console(message));
    this.#watch('weberror', (event) => this.#note('exception', event.error().message));
    this.#watch('request', (asked) => this.#request(asked));
    this.#watch('response', (answer) => this.#response(answer));
    this.#watch('requestfailed', (asked) => this.#failed(asked));
    this.#watch('dialog', (dialog) => this.#dialog(dialog));
    this.#watch('page', (page) => page.on('crash', () => this.#note('crash', page.url())));
  }

  // The violations of a page's policy, as the browser's own developer tools hear of them. Called once for each page.
  async watchPolicy(page) {
    const tools = await this.#context.newCDPSession(page);
    tools.on('Audits.issueAdded', ({ issue }) => {
      const violation = issue.details.contentSecurityPolicyIssueDetails;
      if (violation) {
        const what = violation.blockedURL ?? violation.contentSecurityPolicyViolationType;
        this.#note('csp', `${violation.violatedDirective}: ${what}`);
      }
    });
    await tools.send('Audits.enable');
  }

  allow(kind, text = /^/) {
    this.#allowed.push((problem) => {
      const fits = typeof text === 'string' ? problem.text === text : text.test(problem.text);
      return problem.kind === kind && fits;
    });
  }

  // What was not allowed, as "kind: text", once everything that happened until now has been heard of.
  async problems() {
    for (const page of this.#context.pages()) {
      // The browser answers after all it told before. A page may be closing or leaving just now; then all was told.
      await page.evaluate(() => 0).catch(() => 0);
    }
    const unexpected = this.#problems.filter((problem) => !this.#allowed.some((fits) => fits(problem)));
    return unexpected.map(({ kind, text }) => `${kind}: ${text}`);
  }

  // For tests of hostile pages: the problems until now, which were looked at and count no more.
  async takeProblems() {
    const found = await this.problems();
    this.#problems = [];
    return found;
  }

  async check() {
    const found = await this.problems();
    assert.ok(found.length === 0, `the page did what it should not:\n  ${found.join('\n  ')}`);
  }

  // Stops listening: what a closing page leaves undone is no problem.
  detach() {
    this.#listeners.forEach(([event, hear]) => this.#context.off(event, hear));
  }

  #watch(event, hear) {
    this.#listeners.push([event, hear]);
    this.#context.on(event, hear);
  }

  #note(kind, text) {
    this.#problems.push({ kind, text });
  }

  #short(url) {
    return url.startsWith(this.#base) ? url.slice(this.#base.length - 1) : url;
  }

  #console(message) {
    const text = message.text();
    if (!['error', 'warning'].includes(message.type()) || TOLD_ELSEWHERE.test(text)) {
      return;
    }
    const { url, lineNumber } = message.location();
    const kind = ABOUT_CSP.test(text) ? 'csp' : 'console';
    this.#note(kind, `${message.type()}: ${text} (${this.#short(url)}:${lineNumber})`);
  }

  #request(asked) {
    const url = new URL(asked.url());
    if (!OF_THE_PAGE_ITSELF.includes(url.protocol) && !this.#origins.includes(url.origin)) {
      this.#note('origin', `${asked.method()} ${url}`);
    }
  }

  #response(answer) {
    if (answer.status() >= 400) {
      this.#note('status', `${answer.status()} ${answer.request().method()} ${this.#short(answer.url())}`);
    }
  }

  #failed(asked) {
    const reason = asked.failure().errorText;
    if (reason !== 'net::ERR_ABORTED') {
      this.#note('failed', `${reason} ${asked.method()} ${this.#short(asked.url())}`);
    }
  }

  #dialog(dialog) {
    if (dialog.type() === 'beforeunload') {
      dialog.accept().catch(() => {});
      return;
    }
    this.#note('dialog', `${dialog.type()}: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  }
}
