// Which of the files somebody picks go on with uploads that are unfinished. A file counts as the same by its name, its size
// and, where this browser began the upload, the time it was last changed. Pure functions.
import { type Schema } from '../api/types.ts';
import { splitName } from '../media/names.ts';
import { nameOf, type Picked } from './plan.ts';

export type Unfinished = Schema<'Upload'>;

// When the files of uploads that this browser began were last changed, in milliseconds.
export type Memory = ReadonlyMap<string, number>;

// It may have got a number, because its name existed: "beach (2).jpg".
function isName(uploaded: string, picked: string): boolean {
  if (uploaded === picked) return true;
  const one = splitName(uploaded);
  const other = splitName(picked);
  return one.ending === other.ending && one.stem.startsWith(`${other.stem} (`) && one.stem.endsWith(')');
}

export function isSameFile({ id, name, size }: Unfinished, picked: Picked, memory: Memory): boolean {
  if (picked.file.size !== size) return false;
  const changed = memory.get(id);
  if (changed === undefined) return nameOf(picked) === name;
  return changed === picked.file.lastModified && isName(name, nameOf(picked));
}

export interface Match { picked: Picked; upload: Unfinished }

// Each upload goes on with one file at most.
export function matching(picked: readonly Picked[], unfinished: readonly Unfinished[], memory: Memory): { found: Match[]; rest: Picked[] } {
  const left = [...unfinished];
  const found: Match[] = [];
  const rest: Picked[] = [];
  for (const one of picked) {
    const at = left.findIndex((upload) => isSameFile(upload, one, memory));
    const [upload] = at < 0 ? [] : left.splice(at, 1);
    if (upload) found.push({ picked: one, upload });
    else rest.push(one);
  }
  return { found, rest };
}
