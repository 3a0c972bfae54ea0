// Deleting, and bringing back what was deleted: by the toast, or by Ctrl+Z for as long as the page is open.
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Asset } from '../../api/types.ts';
import { inParallel } from '../../data/in_parallel.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { visible } from '../../ui/text.tsx';
import { removableToast, type Toast, toast } from '../../ui/toasts.tsx';
import { type AssetList } from './asset_list.ts';

const kMany = 100;       // are asked for first
const kKept = 20;        // deletions that Ctrl+Z takes back

interface Deletion { items: Asset[]; withdraw: () => void }   // `withdraw`: the toast that offers to take it back
interface Failed { item: Asset; problem: Problem }

// The items for which `act` went well, and the others.
async function each(items: readonly Asset[], act: (item: Asset) => Promise<Asset>): Promise<{ done: Asset[]; failed: Failed[] }> {
  const done: Asset[] = [];
  const failed: Failed[] = [];
  await inParallel(items, async (item) => {
    try {
      done.push(await act(item));
    } catch (reason) {
      failed.push({ item, problem: asProblem(reason) });
    }
  });
  return { done, failed };
}

export class Removal {
  private readonly deletions: Deletion[] = [];

  // `list`: the one that is shown at that moment.
  constructor(private readonly list: () => AssetList<Asset>) {}

  // True: at least one is gone.
  async remove(items: readonly Asset[]): Promise<boolean> {
    const n = items.length;
    if (n > kMany && !await isMeant(n)) return false;
    const { done, failed } = await each(items, deleteOne);
    this.list().remove(new Set(done.map(({ id }) => id)));
    this.tell(done, failed, n);
    return done.length > 0;
  }

  private tell(done: Asset[], failed: Failed[], all: number): void {
    const [first] = failed;
    const [only] = done;
    if (!only) {
      toast({ kind: 'danger', text: first ? problemText(first.problem) : t('error.unknown') });
      return;
    }
    const shared = done.some((item) => item.shared_with.length > 0);
    const what = done.length === 1 ? t('files.deleted.one', { name: visible(only.name) }) : t('files.deleted.many', { n: done.length });
    const text = first ? t('files.deleted.some', { n: done.length, all, name: visible(first.item.name), why: problemText(first.problem) }) : what;
    this.offer({ text: shared ? `${text} ${t('files.deleted.shared')}` : text }, done);
  }

  private offer(news: Toast, items: Asset[]): void {
    const deletion: Deletion = { items, withdraw: () => undefined };
    deletion.withdraw = removableToast({ ...news, action: { text: t('action.undo'), act: () => this.undo(deletion) } });
    this.deletions.push(deletion);
    if (this.deletions.length > kKept) this.deletions.shift();
  }

  undoLast(): void {
    const last = this.deletions.at(-1);
    if (last) void this.undo(last);
  }

  private async undo(deletion: Deletion): Promise<void> {
    const at = this.deletions.indexOf(deletion);
    if (at < 0) return;   // taken back already
    this.deletions.splice(at, 1);
    deletion.withdraw();
    const { items } = deletion;
    const { done, failed } = await each(items, ({ id }) => call('post', '/api/assets/{id}/undelete', { path: { id } }));
    this.list().put(done);
    const [first] = failed;
    if (!first) {
      toast({ text: t('files.undone', { n: done.length }) });
      return;
    }
    // What did not come back can be tried again, once the name is free.
    const name = visible(first.item.name);
    const why = first.problem.status === 409 ? t('files.undo.taken', { name })
      : first.problem.status === 404 ? t('files.undo.late', { name })
      : problemText(first.problem);
    const text = failed.length === 1 ? why : `${t('files.undo.some', { n: failed.length })} ${why}`;
    if (first.problem.status === 404) toast({ kind: 'danger', text });
    else this.offer({ kind: 'danger', text }, failed.map(({ item }) => item));
  }
}

function isMeant(n: number): Promise<boolean> {
  return ask({ title: t('files.delete.title', { n }), text: t('files.delete.text'), yes: t('files.delete.yes', { n }), danger: true });
}

async function deleteOne(item: Asset): Promise<Asset> {
  try {
    await call('delete', '/api/assets/{id}', { path: { id: item.id } });
  } catch (reason) {
    if (asProblem(reason).status !== 404) throw reason;   // somebody was faster
  }
  return item;
}
