// What one wishes of a link, and the request that is made of it. Pure functions.
import { type Schema } from '../../api/types.ts';
import { utf8 } from '../../sealed/bytes.ts';

export const kTimes = ['hour', 'day', 'week', 'month', 'quarter'] as const;
export const kDownloads = ['any', '1', '2', '5', '10', '50'] as const;
export const kFiles = ['1', '5', '20', '100'] as const;
export const kSizes = ['any', '100', '1000', '10000', '100000'] as const;   // megabytes

export const kMostFiles = 100;             // in one link
const kMostNote = 1000;                    // bytes
const kMostPassword = 1024;
const kDay = 86_400;
const kSeconds = { hour: 3600, day: kDay, week: 7 * kDay, month: 30 * kDay, quarter: 90 * kDay };
const kMegabyte = 1_000_000;

export interface Wishes {
  time: (typeof kTimes)[number];
  downloads: (typeof kDownloads)[number];  // of who is given files
  files: (typeof kFiles)[number];          // of who is asked for some
  size: (typeof kSizes)[number];
  password: string;
  note: string;
  strip: Schema<'Strip'>;                  // what photos of one's own go without
}

export const kUsual: Wishes = { time: 'week', downloads: 'any', files: '100', size: 'any', password: '', note: '', strip: 'location' };

export const isNoteTooLong = ({ note }: Wishes) => utf8(note.trim()).length > kMostNote;
export const isPasswordTooLong = ({ password }: Wishes) => utf8(password).length > kMostPassword;

type Body = Schema<'NewExchange'>;

function bodyOf({ time, password, note }: Wishes, rest: Partial<Body>): Body {
  const said = note.trim();
  const common = { expires_in: kSeconds[time], max_files: 1, receive: false, encrypted: false };
  return { ...common, ...(password && { password }), ...(said && { note: said }), ...rest };
}

const limit = ({ downloads }: Wishes): Partial<Body> => (downloads === 'any' ? {} : { max_downloads: Number(downloads) });

export function givingOwn(wishes: Wishes, assets: readonly { id: string }[]): Body {
  return bodyOf(wishes, { ...limit(wishes), max_files: assets.length, asset_ids: assets.map(({ id }) => id), strip: wishes.strip });
}

// Files that are uploaded straight into the exchange.
export function givingNew(wishes: Wishes, count: number, encrypted: boolean): Body {
  return bodyOf(wishes, { ...limit(wishes), max_files: count, encrypted });
}

export function asking(wishes: Wishes): Body {
  const { files, size } = wishes;
  return bodyOf(wishes, { receive: true, max_files: Number(files), ...(size !== 'any' && { max_size: Number(size) * kMegabyte }) });
}
