// What becomes of the files somebody picked, before anything is sent: the name each gets, and which can't be sent. No two
// files of one batch ever get the same name. Pure functions.
import { freeName, nameMistake, type NameMistake } from '../media/names.ts';

export interface Picked {
  file: File;
  folder: string;   // where it lay in a folder that was picked ("holiday/day 1"); empty otherwise
}

export type Answer = 'version' | 'both' | 'skip';   // for names that exist already

export interface Planned { file: File; name: string; mistake?: NameMistake | undefined }

// One form for names that look the same: Macs take letters and their accents apart, others don't.
export function nameOf({ file }: Picked): string {
  return file.name.normalize('NFC');
}

// What systems leave in folders, and nobody means.
const kLitter = new Set(['.ds_store', 'thumbs.db', 'desktop.ini']);

export function withoutLitter(picked: Picked[]): Picked[] {
  return picked.filter(({ file, folder }) => folder === '' || !kLitter.has(file.name.toLowerCase()));
}

// The names that exist already, each once.
export function conflicts(picked: Picked[], taken: ReadonlySet<string>): string[] {
  return [...new Set(picked.map(nameOf).filter((name) => taken.has(name)))];
}

export function plan(picked: Picked[], taken: ReadonlySet<string>, answer: Answer): Planned[] {
  const given = new Set<string>();
  const isTaken = (name: string) => taken.has(name) || given.has(name);
  const planned: Planned[] = [];
  for (const one of picked) {
    const wanted = nameOf(one);
    const mistake = nameMistake(wanted);
    if (taken.has(wanted) && answer === 'skip') continue;
    // A second file of the same name in this batch is another file, not a newer version of the first.
    const versioned = answer === 'version' && taken.has(wanted) && !given.has(wanted);
    const name = mistake || versioned ? wanted : freeName(wanted, isTaken);
    given.add(name);
    planned.push({ file: one.file, name, mistake });
  }
  return planned;
}
