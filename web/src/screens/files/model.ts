// What the parts of the screen share: the list, what is selected, what is open.
import { signal } from '@preact/signals';
import { type Asset } from '../../api/types.ts';
import { AssetList } from './asset_list.ts';
import { changed, isSame, kEverything, type Query, reader, storedView, storeView, type View } from './query.ts';
import { Removal } from './removal.ts';
import { photoKey } from '../../media/photo_time.ts';
import { Selection } from '../../media/selection.ts';

type OpenDialog = { kind: 'rename' | 'details' | 'versions'; item: Asset } | { kind: 'share' | 'album' | 'link'; items: Asset[] };

export class FilesModel {
  readonly query = signal<Query>(kEverything);
  readonly view = signal<View>(storedView());
  private readonly files = new AssetList<Asset>(reader(kEverything));
  private readonly photos = new AssetList<Asset>(reader({ ...kEverything, kind: 'photo' }), photoKey);
  readonly selection = new Selection<Asset>();
  readonly removal = new Removal(() => this.list);
  readonly viewing = signal<string | undefined>(undefined);       // the id the viewer started with
  readonly dialog = signal<OpenDialog | undefined>(undefined);
  readonly focus = signal<string | undefined>(undefined);         // the id of the item the focus should go to
  readonly scrollTo = signal<{ index: number } | undefined>(undefined);

  // Photos are sorted by when they were taken, all else by when it came.
  get isByTime(): boolean {
    return this.query.value.kind === 'photo';
  }

  get list(): AssetList<Asset> {
    return this.isByTime ? this.photos : this.files;
  }

  filter(change: Partial<Query>): void {
    const next = changed(this.query.value, change);
    if (isSame(next, this.query.value)) return;
    this.list.stop();
    this.query.value = next;
    this.selection.clear();
    this.list.restart(reader(next));
  }

  show(view: View): void {
    this.view.value = view;
    storeView(view);
  }

  // Brings an item into view and gives it the focus.
  focusOn(index: number): void {
    const item = this.list.items.value[index];
    if (!item) return;
    this.scrollTo.value = { index };
    this.focus.value = item.id;
  }

  // Deletes, and lets the focus go where the first of them was.
  async remove(items: Asset[]): Promise<void> {
    const index = this.list.items.value.findIndex(({ id }) => id === items[0]?.id);
    if (!await this.removal.remove(items)) return;
    this.selection.clear();
    const left = this.list.items.value.length;
    if (left > 0 && this.viewing.value === undefined) this.focusOn(Math.min(Math.max(0, index), left - 1));
  }
}
