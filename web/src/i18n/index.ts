// Texts of the page. Messages are ICU MessageFormat, one file a topic and language; English is the measure: a language
// that lacks a key does not compile, and a test compares the values. Where only another language needs a value, English
// takes it too: `{people, plural, other {}}`. To add a language: a folder like de/, and a line in `languages`.
import { IntlMessageFormat } from 'intl-messageformat';
import { signal } from '@preact/signals';
import { remember, remembered } from '../data/remembered.ts';
import { en, type Messages } from './en/index.ts';

export type Key = keyof Messages;
type Values = Record<string, string | number | Date>;

const languages = {
  en: { name: 'English', load: async () => en },
  de: { name: 'Deutsch', load: async () => (await import('./de/index.ts')).de },
} satisfies Record<string, { name: string; load: () => Promise<Messages> }>;

export type Language = keyof typeof languages;
export const languageNames = Object.entries(languages).map(([code, { name }]) => ({ code: code as Language, name }));

const kName = 'language';
const current = signal<{ language: Language; messages: Messages }>({ language: 'en', messages: en });
const formats = new Map<string, IntlMessageFormat>();

export const language = () => current.value.language;

function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(languages, text);
}

// The one chosen here before, else the first of the browser's that there is.
function preferred(): Language {
  const stored = remembered(kName);
  if (isLanguage(stored)) return stored;
  for (const tag of navigator.languages) {
    const code = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(code)) return code;
  }
  return 'en';
}

let latest: Language = 'en';  // of those that were asked for

// Until it is there, and where it can't be fetched, the page stays in the language it has.
export async function loadLanguage(wanted: Language = preferred()): Promise<void> {
  latest = wanted;
  const messages = await languages[wanted].load().catch(() => undefined);
  if (!messages || wanted !== latest) return;
  formats.clear();
  current.value = { language: wanted, messages };
  document.documentElement.lang = wanted;
}

export async function chooseLanguage(wanted: Language): Promise<void> {
  remember(kName, wanted);
  await loadLanguage(wanted);
}

// The text for `key` in the language of the page. Reading it in a component redraws that when the language changes.
export function t(key: Key, values?: Values): string {
  const { language: tag, messages } = current.value;
  let format = formats.get(key);
  if (!format) {
    format = new IntlMessageFormat(messages[key], tag, undefined, { ignoreTag: true });
    formats.set(key, format);
  }
  return String(format.format(values));
}

// For keys put together from what the daemon says ("error.busy"): nothing when there is no such text.
export function tMaybe(key: string, values?: Values): string | undefined {
  return key in current.value.messages ? t(key as Key, values) : undefined;
}
