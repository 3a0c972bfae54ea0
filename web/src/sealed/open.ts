// Opening what seal.ts made, for whoever has the key. Throws Damaged for everything else.
import { type Bytes, equal, fromBase64url } from './bytes.ts';
import { Damaged, type Header, kSaltLength } from './content_coding.ts';
import { Decoder } from './decoder.ts';
import { type LinkKey, secretFor } from './key.ts';
import { primitives } from './primitives.ts';
import { kRecordSize } from './sizes.ts';

export interface OpenedName {
  name: string;
  type: string;   // media type, as its sender's browser took it to be; may be empty
  salt: Bytes;    // of the content that goes by this name
}

const kMostName = 2048;  // characters of a sealed name

function requireOurs({ recordSize, keyId }: Header): void {
  if (recordSize !== kRecordSize || keyId.length > 0) throw new Damaged('it is not sealed the way exchanges are');
}

function parseName(text: string): OpenedName {
  const fields: unknown = JSON.parse(text);
  if (typeof fields !== 'object' || fields === null) throw new Damaged('a name without fields');
  const { name, type, salt } = fields as Record<string, unknown>;
  const bytes = typeof salt === 'string' ? fromBase64url(salt) : undefined;
  if (typeof name !== 'string' || name === '' || bytes?.length !== kSaltLength) throw new Damaged('a name without its fields');
  return { name, type: typeof type === 'string' ? type : '', salt: bytes };
}

export async function openName(sealedName: string, key: LinkKey): Promise<OpenedName> {
  const sealed = sealedName.length <= kMostName ? fromBase64url(sealedName) : undefined;
  if (!sealed) throw new Damaged('no sealed name');
  const using = await primitives();
  const secret = await secretFor('name', key, using);
  const decoder = new Decoder(using, (header) => { requireOurs(header); return secret; });
  const parts = [...await decoder.take(sealed), ...await decoder.end()];
  const [plain] = parts;
  if (parts.length !== 1 || !plain) throw new Damaged('a name of several records');
  try {
    return parseName(new TextDecoder('utf-8', { fatal: true }).decode(plain));
  } catch (reason) {
    throw reason instanceof Damaged ? reason : new Damaged('a name that is no JSON');
  }
}

// For the content of the file that `salt` of its name says: that of another file is refused.
export async function openContent(salt: Bytes, key: LinkKey): Promise<Decoder> {
  const using = await primitives();
  const secret = await secretFor('content', key, using);
  return new Decoder(using, (header) => {
    requireOurs(header);
    if (!equal(header.salt, salt)) throw new Damaged('it is the content of another file');
    return secret;
  });
}
