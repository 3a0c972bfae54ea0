// What a download link offers, file by file, and what has become of each.
import { type Signal, signal } from '@preact/signals';
import { asProblem, Problem } from '../api/problem.ts';
import { diskProblem } from '../media/disk.ts';
import { Meter } from '../media/meter.ts';
import { type Bytes, join } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { type LinkKey } from '../sealed/key.ts';
import { openedLength } from '../sealed/sizes.ts';
import { downloadAddress, here, type InfoFile } from './calls.ts';
import { readAll } from './reading.ts';
import { chooseTarget, saveAs } from './saving.ts';
import { type Visit } from './visit.ts';

export type OfferState =
  | { kind: 'ready' }
  | { kind: 'begun' }                                     // the browser's own download from here on
  | { kind: 'running'; bytes: number; waiting: boolean }
  | { kind: 'done' }
  | { kind: 'failed'; problem: Problem };

interface Sealing { salt: Bytes; key: LinkKey }

export interface Offer {
  readonly file: InfoFile;
  readonly name: string;
  readonly type: string;                   // media type
  readonly size: number;                   // bytes, when it is decrypted
  readonly sealing: Sealing | undefined;
  readonly state: Signal<OfferState>;
  readonly meter: Meter;
  control: AbortController;
}

const offer = (file: InfoFile, name: string, type: string, size: number, sealing?: Sealing): Offer =>
  ({ file, name, type, size, sealing, state: signal<OfferState>({ kind: 'ready' }), meter: new Meter(), control: new AbortController() });

export const plainOffer = (file: InfoFile) => offer(file, file.name, file.media_type, file.size);

// Throws Damaged when the key is not that of the file.
export async function sealedOffer(file: InfoFile, key: LinkKey): Promise<Offer> {
  const { openName } = await import('../sealed/open.ts');
  const { name, type, salt } = await openName(file.sealed_name ?? '', key);
  const size = openedLength(file.size);
  if (size === undefined) throw new Damaged('no sealed content has this size');
  return offer(file, name, type, size, { salt, key });
}

// Must be called while a click is handled.
export async function fetchOffer(one: Offer, visit: Visit): Promise<void> {
  if (one.state.value.kind === 'running') return;
  one.state.value = { kind: 'ready' };
  try {
    if (one.sealing) return await fetchSealed(one, one.sealing, visit);
    const { url } = await downloadAddress(visit.access, one.file.number);
    saveAs(here(url), one.name);
    one.state.value = { kind: 'begun' };
  } catch (reason) {
    one.state.value = { kind: 'failed', problem: asProblem(reason) };
  }
}

// All files as one archive. Throws a Problem.
export async function fetchArchive(visit: Visit): Promise<void> {
  const { url, filename } = await downloadAddress(visit.access, 'zip');
  saveAs(here(url), filename);
}

export function cancelOffer(one: Offer): void {
  one.control.abort();
  one.state.value = { kind: 'ready' };
}

async function fetchSealed(one: Offer, { salt, key }: Sealing, visit: Visit): Promise<void> {
  const target = await chooseTarget(one.name);
  if (!target) return;
  const { file, size, meter } = one;
  const { signal: stop } = one.control = new AbortController();
  let bytes = 0;
  const tell = (waiting: boolean) => { if (!stop.aborted) one.state.value = { kind: 'running', bytes, waiting }; };
  const write = async (parts: Bytes[]) => {
    const plain = join(parts);
    if (plain.length > 0) await target.write(plain);
    bytes += plain.length;
    meter.note(bytes, performance.now());
    tell(false);
  };
  meter.note(0, performance.now());
  tell(false);
  try {
    const { openContent } = await import('../sealed/open.ts');
    const decoder = await openContent(salt, key);
    await readAll({
      size: file.size, signal: stop, onWaiting: tell,
      address: async () => here((await downloadAddress(visit.access, file.number)).url),
      take: async (piece) => write(await decoder.take(piece)),
    });
    await write(await decoder.end());
    if (bytes !== size) throw new Damaged('there is padding in it');
    stop.throwIfAborted();
    await target.finish();
    one.state.value = { kind: 'done' };
  } catch (reason) {
    await target.discard();
    if (!stop.aborted) one.state.value = { kind: 'failed', problem: problemOf(reason) };
  }
}

function problemOf(reason: unknown): Problem {
  return reason instanceof Damaged ? new Problem('damaged', 0, reason.message) : diskProblem(reason);
}
