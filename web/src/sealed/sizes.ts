// How long files of an exchange are when they are sealed.
import { plainSize, sealedSize } from './content_coding.ts';

export const kRecordSize = 65_536;  // bytes; fixed for exchanges

export const sealedLength = (plain: number): number => sealedSize(plain, kRecordSize);

// Undefined: nothing sealed has this length.
export const openedLength = (sealed: number): number | undefined => plainSize(sealed, kRecordSize);
