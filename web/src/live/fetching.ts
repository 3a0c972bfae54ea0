// What whoever has a live link (docs/live.md) can do with it: see what is offered, and fetch files of it.
//
//   const visit = new LiveVisit(link);        // readLiveLink() of link.ts
//   await visit.read();                       // never throws; again to see whether the sender is there
//   const download = visit.download(0);
//   await download.start(target);             // never throws: `state` says what came of it
import { signal } from '@preact/signals';
import { type Problem } from '../api/problem.ts';
import { type Target } from '../media/disk.ts';
import { Meter } from '../media/meter.ts';
import { type LiveLink } from './link.ts';

export interface LiveFile {
  readonly name: string;
  readonly size: number | null;    // bytes; null: nobody knows before the end
  readonly type: string;           // media type, as the sender takes it to be; may be empty
}

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

  constructor(readonly link: LiveLink) {}

  async read(): Promise<void> {
    return Promise.resolve();
  }

  // A new one each time; only of what `listing` has.
  download(file: number): LiveDownload {
    const of = this.listing.value?.files[file];
    if (!of) throw new Error('no such file in the listing');
    return new LiveDownload(file, of);
  }
}

export type DownloadState =
  | { kind: 'ready' }
  | { kind: 'asking' }            // the daemon
  | { kind: 'waiting' }           // for the sender to answer
  | { kind: 'receiving' }
  | { kind: 'sender_away' }       // their connection broke; it goes on when they are back
  | { kind: 'reconnecting' }      // this page's connection broke
  | { kind: 'checking' }          // all is there; its checksum is compared and the file finished
  | { kind: 'done' }              // only now the file is whole
  | { kind: 'cancelled' }
  // not_authentic, sender_gone, transfer_ended, file_changed, busy, offline, disk_full, disk_refused, too_large, …
  | { kind: 'failed'; problem: Problem };

export class LiveDownload {
  readonly state = signal<DownloadState>({ kind: 'ready' });
  readonly received = signal(0);                    // bytes, opened and written
  readonly meter = new Meter();                     // of them

  constructor(readonly number: number, readonly file: LiveFile) {}

  // Once. The target is finished only when all of it was right, and discarded otherwise. `most`: bytes that it takes.
  async start(target: Target, most = Infinity): Promise<void> {
    void most;
    await target.discard();
  }

  // Also when the page goes away.
  cancel(): void {
    this.state.value = { kind: 'cancelled' };
  }

  // Whether it is on its way: leaving the page would break it off.
  get running(): boolean {
    return !['ready', 'done', 'cancelled', 'failed'].includes(this.state.value.kind);
  }
}
