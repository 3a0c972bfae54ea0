// upload(files): the way in for whatever was chosen, dropped or pasted. One batch after the other.
import { signal } from '@preact/signals';
import { asProblem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { userId } from '../api/session.ts';
import { t } from '../i18n/index.ts';
import { nameMistake } from '../media/names.ts';
import { toast } from '../ui/toasts.tsx';
import { askAboutConflicts } from './conflicts.tsx';
import { existingNames } from './existing.ts';
import { chooseFiles } from './pick.ts';
import { conflicts, nameOf, type Picked, plan, withoutLitter } from './plan.ts';
import { goOnWith } from './unfinished.ts';
import { uploads } from './uploads.ts';

// Files whose names are being looked up.
export const preparing = signal(0);

let before: Promise<void> = Promise.resolve();

// Nothing chosen in the dialog is an answer; nothing in what was dropped is worth a word.
export function upload(picked: Promise<Picked[]> | Picked[], { dropped = false } = {}): Promise<void> {
  const ready = Promise.resolve(picked);   // dropped entries are read at once
  const who = userId();
  const done = before.then(async () => take(await ready, dropped, who));
  before = done.catch(() => undefined);
  return done;
}

// Asks for files, or a folder. Must be called while a click is handled.
export function uploadChosen({ folder = false } = {}): void {
  void upload(chooseFiles({ folder }));
}

// Files of `who` become nobody else's: what takes long may outlast a log-in.
async function take(picked: Picked[], dropped: boolean, who: string | undefined): Promise<void> {
  const files = withoutLitter(picked);
  if (files.length === 0) {
    if (dropped || picked.length > 0) toast({ text: t('upload.nothing') });
    return;
  }
  const fresh = goOnWith(files);
  if (fresh.length === 0) return;
  preparing.value = fresh.length;
  const names = fresh.map(nameOf).filter((name) => !nameMistake(name));
  const taken = await takenNames(names, who).finally(() => { preparing.value = 0; });
  if (!taken) return;
  const existing = conflicts(fresh, taken);
  const answer = existing.length > 0 ? await askAboutConflicts(existing, fresh.length) : 'version';
  if (answer && userId() === who) uploads.add(plan(fresh, taken, answer));
}

const kPauses = [1000, 2000, 4000, 8000, 15_000];  // milliseconds between tries

// Waits for the daemon as long as it takes. Undefined: it can't be found out, which was told.
async function takenNames(names: string[], who: string | undefined): Promise<Set<string> | undefined> {
  for (let tried = 0; userId() !== undefined && userId() === who; ++tried) {
    try {
      const existing = await existingNames([...new Set(names)]);
      for (const { name, state } of uploads.uploads) if (state !== 'done' && state !== 'failed') existing.add(name);
      return existing;
    } catch (reason) {
      const problem = asProblem(reason);
      if (!problem.passing) {
        toast({ kind: 'danger', text: problemText(problem) });
        return undefined;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, kPauses[Math.min(tried, kPauses.length - 1)]));
  }
  return undefined;
}
