// What this browser remembers of the uploads it began: when their files were last changed, so that another file of the same
// name is not taken for one of them.
import { remember, remembered } from '../data/remembered.ts';
import { type Memory } from './matching.ts';

const kName = 'uploads';
const kKept = 2 * 24 * 3_600_000;  // milliseconds; the daemon keeps them for a day after the last byte

interface Known { changed: number; seen: number }

function isKnown(value: unknown): value is Known {
  return typeof value === 'object' && value !== null && 'changed' in value && typeof value.changed === 'number'
    && 'seen' in value && typeof value.seen === 'number';
}

function read(): Map<string, Known> {
  try {
    const stored: unknown = JSON.parse(remembered(kName) ?? '{}');
    const entries = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
    return new Map(entries.filter((entry): entry is [string, Known] => isKnown(entry[1]) && entry[1].seen > Date.now() - kKept));
  } catch {
    return new Map();
  }
}

function write(known: ReadonlyMap<string, Known>): void {
  remember(kName, known.size > 0 ? JSON.stringify(Object.fromEntries(known)) : null);
}

export function uploadMemory(): Memory {
  return new Map([...read()].map(([id, { changed }]) => [id, changed]));
}

export function rememberUpload(id: string, file: File): void {
  write(read().set(id, { changed: file.lastModified, seen: Date.now() }));
}

export function forgetUpload(id: string): void {
  const known = read();
  if (known.delete(id)) write(known);
}
