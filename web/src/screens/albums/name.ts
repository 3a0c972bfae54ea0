// What is wrong with the name of an album, if anything; the daemon's rules.
import { t } from '../../i18n/index.ts';

const kMostBytes = 255;

export function albumNameMistake(name: string): 'empty' | 'long' | 'control' | undefined {
  if (name.trim() === '') return 'empty';
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'control';
  return new TextEncoder().encode(name.trim()).length > kMostBytes ? 'long' : undefined;
}

export function nameMistakeText(name: string): string | undefined {
  const mistake = albumNameMistake(name);
  return mistake && t(`albums.name.${mistake}`);
}
