// Sealing files for an end-to-end encrypted exchange. For whoever makes or fills one:
//
//   const key = newKey();                                   // key.ts; `${page}.${keyText(key)}` is the link to hand on
//   const sealed = await sealFile(file, key);
//   sealed.name                                             // `sealed_name` of /exchange/upload-url
//   sealed.size                                             // its `size`, and the length of what is to be sent
//   await sealed.read(0, sealed.size)                       // any part of what is to be sent, as often as wanted
//
// read() makes each part when it is asked for and keeps nothing, so that files of any size can be sent, and sent again from
// the middle. The file must stay as it is meanwhile; browsers refuse to read one that was changed. Seal anew what is sent
// to another place: every sealing has a salt of its own.
import { type Bytes, join, toBase64url, utf8 } from './bytes.ts';
import { type ContentKeys, contentKeys, encodeHeader, kHeaderLength, kSaltLength, roomIn, sealRecord } from './content_coding.ts';
import { type LinkKey, secretFor } from './key.ts';
import { type Primitives, primitives } from './primitives.ts';
import { kRecordSize, sealedLength } from './sizes.ts';

const kNoKeyId = new Uint8Array();
const kMostName = 255;              // bytes, of name and type each
const kRoom = roomIn(kRecordSize);

export interface SealedFile {
  readonly name: string;
  readonly size: number;
  read: (start: number, end: number) => Promise<Bytes>;
}

const freshSalt = () => crypto.getRandomValues(new Uint8Array(kSaltLength));

// Cut to so many bytes, never through the middle of a character.
function fitting(text: string): string {
  const points = [...text];
  while (utf8(points.join('')).length > kMostName) points.pop();
  return points.join('');
}

async function sealName(file: File, salt: Bytes, key: LinkKey, using: Primitives): Promise<string> {
  // eslint-disable-next-line no-control-regex
  const name = fitting(file.name.replace(/[\u0000-\u001f\u007f]/g, '_')) || '_';
  const plain = utf8(JSON.stringify({ name, type: fitting(file.type), salt: toBase64url(salt) }));
  const own = freshSalt();
  const keys = await contentKeys(using, await secretFor('name', key, using), own);
  return toBase64url(join([encodeHeader({ salt: own, recordSize: kRecordSize, keyId: kNoKeyId }), await sealRecord(keys, 0, plain, true)]));
}

class Sealed implements SealedFile {
  readonly size: number;

  constructor(readonly name: string, private readonly file: File, private readonly salt: Bytes, private readonly keys: ContentKeys) {
    this.size = sealedLength(file.size);
  }

  async read(start: number, end: number): Promise<Bytes> {
    const first = Math.max(0, Math.floor((start - kHeaderLength) / kRecordSize));
    const last = Math.max(first, Math.ceil((Math.min(end, this.size) - kHeaderLength) / kRecordSize) - 1);
    const header = encodeHeader({ salt: this.salt, recordSize: kRecordSize, keyId: kNoKeyId });
    const before = start < kHeaderLength ? 0 : kHeaderLength + first * kRecordSize;   // where the parts below begin
    const parts = [...(before === 0 ? [header] : []), ...await this.records(first, last)];
    return join(parts).subarray(start - before, end - before);
  }

  private async records(first: number, last: number): Promise<Bytes[]> {
    const plain = new Uint8Array(await this.file.slice(first * kRoom, (last + 1) * kRoom).arrayBuffer());
    const ends = Math.max(0, Math.ceil(this.file.size / kRoom) - 1);   // the number of the last one of all
    const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    return Promise.all(numbers.map((number, at) => sealRecord(this.keys, number, plain.subarray(at * kRoom, (at + 1) * kRoom), number === ends)));
  }
}

export async function sealFile(file: File, key: LinkKey): Promise<SealedFile> {
  const using = await primitives();
  const salt = freshSalt();
  const name = await sealName(file, salt, key, using);
  return new Sealed(name, file, salt, await contentKeys(using, await secretFor('content', key, using), salt));
}
