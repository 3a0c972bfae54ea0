// What whoever has a live link (docs/live.md) can do with it: see what is offered, and fetch files of it.
//
//   const visit = new LiveVisit(link);        // readLiveLink() of link.ts
//   await visit.read();                       // never throws; again to see whether the sender is there
//   const download = visit.download(0);
//   await download.start(target);             // never throws: `state` says what came of it
import { signal } from '@preact/signals';
import { asProblem, Problem } from '../api/problem.ts';
import { type Bytes } from '../sealed/bytes.ts';
import { LiveDownload } from './download.ts';
import { type LiveLink } from './link.ts';
import { authKey, filesMac, type ListedFile, sameMac } from './macs.ts';
import { look } from './receiver_calls.ts';

export { type DownloadState, LiveDownload } from './download.ts';

// `size`: bytes; null: nobody knows before the end. `type`: media type, as the sender takes it to be.
export type LiveFile = ListedFile;

// The files are as the sender wrote them: their MAC was right. The rest is what the daemon says.
export interface LiveListing {
  readonly liveId: string;
  readonly files: readonly LiveFile[];
  readonly from: { readonly person: string; readonly instance: string };
  readonly senderHere: boolean;
  readonly expiresAt: string;      // RFC 3339
}

export class LiveVisit {
  readonly listing = signal<LiveListing | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);    // of the last reading; not_authentic: nothing is shown
  private readonly authKey: Bytes;

  constructor(readonly link: LiveLink) {
    this.authKey = authKey(link.secret);
  }

  async read(): Promise<void> {
    try {
      const { mac, ...listing } = await look(this.link.code);
      if (!mac || !sameMac(mac, filesMac(this.authKey, listing.files))) throw new Problem('not_authentic', 0);
      this.listing.value = listing;
      this.problem.value = undefined;
    } catch (reason) {
      const problem = asProblem(reason);
      if (problem.code === 'not_authentic') this.listing.value = undefined;
      this.problem.value = problem;
    }
  }

  // A new one each time; only of what `listing` has.
  download(file: number): LiveDownload {
    const { listing: { value: listing }, link: { code, secret }, authKey: key } = this;
    const of = listing?.files[file];
    if (!listing || !of) throw new Error('no such file in the listing');
    return new LiveDownload({ code, secret, authKey: key, liveId: listing.liveId }, file, of);
  }
}
