// The offers of a download link while it is looked at: more may come, and those that are there keep their state.
import { signal } from '@preact/signals';
import { asProblem, Problem } from '../api/problem.ts';
import { type LinkKey } from '../sealed/key.ts';
import { type InfoFile } from './calls.ts';
import { fetchArchive, type Offer, type OfferState, plainOffer, sealedOffer } from './offers.ts';
import { type Visit } from './visit.ts';

export class Downloads {
  readonly offers = signal<Offer[] | undefined>(undefined);   // undefined: names are being opened
  readonly wrongKey = signal(false);
  readonly archive = signal<OfferState>({ kind: 'ready' });   // of all as one

  constructor(private readonly key: LinkKey | undefined) {}

  async show(files: readonly InfoFile[]): Promise<void> {
    const known = new Map(this.offers.value?.map((one) => [one.file.number, one]));
    const all = await Promise.all(files.map((file) => known.get(file.number) ?? this.open(file)));
    this.wrongKey.value = all.length > 0 && all.every(isUnnamed);
    this.offers.value = all;
  }

  async fetchArchive(visit: Visit): Promise<void> {
    this.archive.value = { kind: 'ready' };
    try {
      await fetchArchive(visit);
      this.archive.value = { kind: 'begun' };
    } catch (reason) {
      this.archive.value = { kind: 'failed', problem: asProblem(reason) };
    }
  }

  // Whether this page itself is fetching something.
  get busy(): boolean {
    return this.offers.value?.some(({ state }) => state.value.kind === 'running') ?? false;
  }

  // How many have been fetched since the page was opened.
  get fetched(): number {
    const all = [this.archive, ...this.offers.value?.map(({ state }) => state) ?? []];
    return all.filter(({ value }) => value.kind === 'begun' || value.kind === 'done').length;
  }

  // One whose name can't be opened is shown as what it is.
  private async open(file: InfoFile): Promise<Offer> {
    if (!this.key || file.sealed_name === null) return plainOffer(file);
    try {
      return await sealedOffer(file, this.key);
    } catch {
      const one = plainOffer(file);
      one.state.value = { kind: 'failed', problem: new Problem('unnamed', 0) };
      return one;
    }
  }
}

export function isUnnamed({ state }: Offer): boolean {
  const now = state.value;
  return now.kind === 'failed' && now.problem.code === 'unnamed';
}
