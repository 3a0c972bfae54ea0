// Uploads that an earlier visit, another tab that was closed, or another browser left unfinished: they go on when their file
// is chosen again.
import { computed, signal } from '@preact/signals';
import { call } from '../api/client.ts';
import { onEvent } from '../api/events.ts';
import { asProblem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { session, userId } from '../api/session.ts';
import { coalesced } from '../data/coalesce.ts';
import { toast } from '../ui/toasts.tsx';
import { dropHandle, keepOnlyHandles } from './handles.ts';
import { type Match, matching, type Unfinished } from './matching.ts';
import { forgetUpload, uploadMemory } from './memory.ts';
import { elsewhere, endedElsewhere, tellTabs } from './other_tabs.ts';
import { type Picked } from './plan.ts';
import { noteStored } from './room.ts';
import { discard } from './tus.ts';
import { ended, uploads } from './uploads.ts';

const listed = signal<readonly Unfinished[]>([]);   // of all tabs and browsers

// The ones of this tab's queue that can go on by themselves.
function ownIds(): string[] {
  void uploads.changed.value;
  const alive = uploads.uploads.filter(({ state, failure }) => state !== 'done' && failure?.kind !== 'unreadable');
  return alive.map(({ place }) => place?.id).filter((id) => id !== undefined);
}

export const unfinished = computed(() => {
  const others = [new Set(ownIds()), ended.value, elsewhere.value, endedElsewhere.value];
  return listed.value.filter(({ id }) => !others.some((ids) => ids.has(id)));
});

export const begunHere = (upload: Unfinished) => uploadMemory().has(upload.id);

async function read(): Promise<void> {
  const who = userId();
  if (who === undefined) return;
  const { items } = await call('get', '/api/uploads');
  if (userId() !== who) return;
  listed.value = items;
}
const refresh = coalesced(read);

// Takes those that go on off the list, and gives back the rest.
export function goOnWith(picked: readonly Picked[]): Picked[] {
  const { found, rest } = matching(picked, unfinished.value, uploadMemory());
  found.forEach(goOn);
  return rest;
}

function goOn({ picked: { file }, upload: { id, name, offset } }: Match): void {
  uploads.goOn(file, name, { id, kept: offset });
}

function drop(id: string): void {
  forgetUpload(id);
  void dropHandle(id);
  listed.value = listed.value.filter((one) => one.id !== id);
}

export async function discardUnfinished({ id, size }: Unfinished): Promise<void> {
  try {
    await discard(id);
    noteStored(-size);
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 404 && problem.status !== 410) return toast({ kind: 'danger', text: problemText(problem) });
  }
  drop(id);
}

// What this tab is not busy with any more may be unfinished.
let own: readonly string[] = [];
uploads.changed.subscribe(() => {
  const now = ownIds();
  if (own.some((id) => !now.includes(id))) refresh();
  own = now;
  tellTabs(now, [...ended.value]);
});

// What another tab left behind may have got on since the list was read.
let theirs: ReadonlySet<string> = new Set();
elsewhere.subscribe((now) => {
  if ([...theirs].some((id) => !now.has(id))) refresh();
  theirs = now;
});
onEvent('assets', refresh);
let whose: string | undefined;
session.subscribe((value) => {
  if (value?.user.id === whose) return;
  whose = value?.user.id;
  listed.value = [];
  if (value) refresh();
});

void keepOnlyHandles(new Set(uploadMemory().keys()));
