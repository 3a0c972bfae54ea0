// Opens sealed content (see content_coding.ts) as it comes in.
import { type Bytes, join } from './bytes.ts';
import { type ContentKeys, contentKeys, Damaged, type Header, kHeaderLength, kOverhead, kSaltLength, openRecord } from './content_coding.ts';
import { type Primitives } from './primitives.ts';

const kMostRecordSize = 1024 * 1024;  // bytes that are held for one record at most; the RFC has no bound

// Takes sealed content as it comes and gives what is in it, record by record, nothing before it was found to be genuine.
// Only after end() has returned is it known to be whole. After a throw it is of no more use.
export class Decoder {
  private pending: Bytes[] = [];
  private length = 0;
  private header: Header | undefined;
  private keys: ContentKeys | undefined;
  private records = 0;
  private over = false;

  // `secretFor` is asked once, with the header; it throws Damaged for one it does not want.
  constructor(private readonly primitives: Primitives, private readonly secretFor: (header: Header) => Bytes) {}

  async take(piece: Bytes): Promise<Bytes[]> {
    this.pending.push(piece);
    this.length += piece.length;
    if (!this.header && !await this.readHeader()) return [];
    const size = this.header?.recordSize ?? 0;
    if (this.length < size) return [];
    const all = join(this.pending);
    const whole = all.length - (all.length % size);
    this.keep(all.subarray(whole));
    const sealed: Bytes[] = [];
    for (let at = 0; at < whole; at += size) sealed.push(all.subarray(at, at + size));
    return this.open(sealed);
  }

  // The rest. Throws Damaged when that was not all.
  async end(): Promise<Bytes[]> {
    const rest = join(this.pending);
    this.keep(new Uint8Array());
    const opened = rest.length > 0 ? await this.open([rest]) : [];
    if (!this.over) throw new Damaged('it was cut off');
    return opened;
  }

  private keep(rest: Bytes): void {
    this.pending = rest.length > 0 ? [rest] : [];
    this.length = rest.length;
  }

  private async readHeader(): Promise<boolean> {
    const all = join(this.pending);
    this.keep(all);
    if (all.length < kHeaderLength) return false;
    const recordSize = new DataView(all.buffer).getUint32(kSaltLength);
    const end = kHeaderLength + (all[kHeaderLength - 1] ?? 0);
    if (recordSize <= kOverhead || recordSize > kMostRecordSize) throw new Damaged('records of no good size');
    if (all.length < end) return false;
    this.header = { salt: all.slice(0, kSaltLength), recordSize, keyId: all.slice(kHeaderLength, end) };
    this.keys = await contentKeys(this.primitives, this.secretFor(this.header), this.header.salt);
    this.keep(all.subarray(end));
    return true;
  }

  private async open(sealed: Bytes[]): Promise<Bytes[]> {
    const { keys } = this;
    if (this.over || !keys) throw new Damaged(keys ? 'something follows its end' : 'it has no header');
    const first = this.records;
    this.records += sealed.length;
    const opened = await Promise.all(sealed.map((record, at) => openRecord(keys, first + at, record)));
    this.over = opened.at(-1)?.isLast ?? false;
    if (opened.slice(0, -1).some(({ isLast }) => isLast)) throw new Damaged('something follows its end');
    return opened.map(({ plain }) => plain);
  }
}
