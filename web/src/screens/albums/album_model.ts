// One album that is open: what is in it, what is selected, what is done with that. What is done shows at once; where the
// daemon refuses, the list is read again and the reason told.
import { signal } from '@preact/signals';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Album, type Asset, type Page } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { Selection } from '../../media/selection.ts';
import { toast } from '../../ui/toasts.tsx';
import { ReadList } from '../shared/read_list.ts';
import { changeAlbum, putIn, takeOut } from './acts.ts';
import { type Move, placed, step, waysBack } from './order.ts';

const kPage = 500;
const kMost = 10_000;   // files one album can have

const own = (page: { items: unknown[]; next: string | null }): Page<Asset> =>
  ({ items: page.items.filter((item): item is Asset => typeof item === 'object' && item !== null && 'shared_with' in item), next: page.next });

export class AlbumModel {
  readonly album = signal<Album | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);      // of reading the album
  readonly list: ReadList<Asset>;
  readonly selection = new Selection<Asset>();
  readonly viewing = signal<string | undefined>(undefined);       // the id the viewer started with
  readonly focus = signal<string | undefined>(undefined);         // the id of the item the focus should go to
  readonly scrollTo = signal<{ index: number } | undefined>(undefined);
  readonly told = signal('');                                     // for screen readers: what moved where
  deleting = false;                                               // it is read no more
  private moving = 0;

  constructor(readonly id: string) {
    this.list = new ReadList<Asset>(async (cursor, abort) =>
      own(await call('get', '/api/albums/{id}/assets', { path: { id }, query: { limit: kPage, ...(cursor && { cursor }) }, signal: abort })),
    (item) => item.id, kMost);
  }

  async read(): Promise<void> {
    try {
      this.album.value = await call('get', '/api/albums/{id}', { path: { id: this.id } });
      this.problem.value = undefined;
    } catch (reason) {
      this.problem.value = asProblem(reason);
    }
  }

  // What one is moving is not read again under one's hands.
  async refresh(): Promise<void> {
    if (this.moving === 0 && !this.deleting) await Promise.all([this.read(), this.list.refresh()]);
  }

  private get order(): string[] {
    return this.list.items.value.map(({ id }) => id);
  }

  focusOn(index: number): void {
    const item = this.list.items.value[index];
    if (!item) return;
    this.scrollTo.value = { index };
    this.focus.value = item.id;
  }

  // ---- the order

  async move({ ids, before }: Move): Promise<void> {
    const items = new Map(this.list.items.value.map((item) => [item.id, item]));
    const next = placed(this.order, ids, before);
    this.list.items.value = next.map((id) => items.get(id)).filter((item) => item !== undefined);
    const [first] = ids;
    const at = first === undefined ? -1 : next.indexOf(first);
    this.told.value = t('albums.moved', { n: ids.length, at: at + 1, all: next.length });
    ++this.moving;
    try {
      this.album.value = await putIn(this.id, ids, before);
    } catch (reason) {
      toast({ kind: 'danger', text: problemText(asProblem(reason)) });
    } finally {
      --this.moving;
    }
    if (this.moving === 0) void this.list.refresh();
  }

  // One step, those that are selected or else this one.
  async step(item: Asset, by: -1 | 1): Promise<void> {
    const ids = this.selection.has(item) ? this.selection.items.map(({ id }) => id) : [item.id];
    await this.stepAll(ids, by);
    this.focusOn(this.order.indexOf(item.id));
  }

  async stepAll(ids: readonly string[], by: -1 | 1): Promise<void> {
    const move = step(this.order, ids, by);
    if (move) await this.move(move);
  }

  // ---- what is in it

  async remove(items: readonly Asset[]): Promise<void> {
    const ids = items.map(({ id }) => id);
    const back = waysBack(this.order, ids);
    const index = this.order.indexOf(ids[0] ?? '');
    try {
      await takeOut(this.id, ids);
    } catch (reason) {
      toast({ kind: 'danger', text: problemText(asProblem(reason)) });
      return;
    }
    const gone = new Set(ids);
    this.list.items.value = this.list.items.value.filter(({ id }) => !gone.has(id));
    this.selection.clear();
    if (this.viewing.value === undefined) this.focusOn(Math.min(Math.max(0, index), this.list.items.value.length - 1));
    toast({ text: t('albums.removed', { n: ids.length }), action: { text: t('action.undo'), act: () => this.putBack(back) } });
    void this.refresh();
  }

  private async putBack(moves: readonly Move[]): Promise<void> {
    try {
      for (const { ids, before } of moves) await putIn(this.id, ids, before);
    } catch (reason) {
      toast({ kind: 'danger', text: problemText(asProblem(reason)) });
    }
    await this.refresh();
  }

  async setCover(item: Asset): Promise<void> {
    try {
      this.album.value = await changeAlbum(this.id, { cover: item.id });
      toast({ text: t('albums.coverSet') });
    } catch (reason) {
      toast({ kind: 'danger', text: problemText(asProblem(reason)) });
    }
  }
}
