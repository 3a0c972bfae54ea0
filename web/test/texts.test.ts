// What holds for all texts: they can be formatted, all languages take the same values, and every code the daemon's
// problem documents may carry has one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MessageFormatElement, TYPE } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import openapi from '../../daemon/api/openapi.json';
import { de } from '../src/i18n/de/index.ts';
import { en } from '../src/i18n/en/index.ts';

function valuesOf(elements: MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      return [element.value, ...Object.values(element.options).flatMap((option) => valuesOf(option.value))];
    }
    return element.type === TYPE.tag ? valuesOf(element.children) : [element.value];
  });
}

function namesIn(text: string, language: string): string {
  const parsed = new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst();
  return [...new Set(valuesOf(parsed))].sort().join(' ');
}

test('every language has every text, with the same values', () => {
  for (const [key, text] of Object.entries(en)) {
    const translated = de[key as keyof typeof en];
    assert.ok(translated.length > 0, key);
    assert.equal(namesIn(translated, 'de'), namesIn(text, 'en'), key);
  }
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
});

test('every error code of the daemon has a text', () => {
  const codes: string[] = openapi.components.schemas.ErrorCode.enum;
  assert.ok(codes.length > 40);
  for (const code of codes) assert.ok(`error.${code}` in en, code);
});
