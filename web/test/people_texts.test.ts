// Every state, step and reason the page can put together has a text, in every language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { people as german } from '../src/i18n/de/people.ts';
import { people as english } from '../src/i18n/en/people.ts';

const kNames = { peer: 'bob', address: 'bob@b.example', domain: 'b.example', local: 'alice', localAddress: 'alice@a.example' };
const kNumbers = { n: 2, left: 1, uses: 2 };
const kTimes = { when: 'then', since: 'then', last: 'now', made: 'then', until: 'then', reason: 'some_reason' };

for (const [language, texts] of Object.entries({ en: english, de: german })) {
  test(`texts can be formatted (${language})`, () => {
    for (const [key, text] of Object.entries(texts)) {
      for (const you of ['yes', 'no']) {
        const said = String(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).format({ ...kNames, ...kNumbers, ...kTimes, you }));
        assert.ok(said.length > 0 && !/[{}]/.test(said), `${key}: ${said}`);
      }
    }
  });
}

test('both directions have every step', () => {
  const keys = new Set(Object.keys(english));
  for (const direction of ['outgoing', 'incoming']) {
    const first = direction === 'outgoing' ? 'init' : 'approval';
    for (const step of [first, 'discovery', 'exchange', 'verify', 'complete', 'words', 'rotate', 'rotated_there', 'revoke', 'poll']) for (const form of ['done', 'open']) {
      assert.ok(keys.has(`people.step.${direction}.${step}.${form}`) || keys.has(`people.step.${step}.${form}`), `${direction} ${step} ${form}`);
    }
    assert.ok(keys.has(`people.step.${direction}.asked.done`));
  }
});

test('what went wrong comes with what helps', () => {
  const codes = (kind: string) => Object.keys(english).flatMap((key) => (key.startsWith(kind) ? [key.slice(kind.length)] : []));
  assert.equal(codes('people.trouble.').join(), codes('people.help.').join());
});
