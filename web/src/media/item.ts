// What the grid, the viewer and downloads need to know of a file: an asset of one's own or of somebody else, as it is.
import { hrefOf } from '../api/client.ts';
import { urlOf } from '../api/base.ts';
import { session } from '../api/session.ts';

export interface MediaItem {
  id: string;
  name: string;
  size: number;                              // bytes
  media_type: string;
  kind: string;                              // a peer's word where it is somebody else's
  owner?: string | undefined;                // whose, if not one's own
  etag?: string | undefined;                 // another one is another content
  has_thumbnail?: boolean | undefined;
  captured_at?: string | null | undefined;   // by the clock of the camera; these are of photos
  camera?: string | null | undefined;
  width?: number | null | undefined;         // pixels
  height?: number | null | undefined;
}

export const kKinds = ['photo', 'video', 'audio', 'document', 'other'] as const;
export type Kind = (typeof kKinds)[number];

export function kindOf(item: MediaItem): Kind {
  return kKinds.find((kind) => kind === item.kind) ?? 'other';
}

// The owner, where it is somebody else.
export function foreignOwner(item: MediaItem): string | undefined {
  return item.owner === session.value?.user.address ? undefined : item.owner;
}

// Tells one content from the next; the daemon never sees it.
function mark(item: MediaItem): string {
  return item.etag ? `#${encodeURIComponent(item.etag)}` : '';
}

export function contentHref(item: MediaItem): string {
  const owner = foreignOwner(item);
  return hrefOf('/api/assets/{id}/content', { path: { id: item.id }, query: owner ? { owner } : {} }) + mark(item);
}

// Images every browser shows. What a peer calls its content does no harm: an <img> runs nothing.
const kShown = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);
const kShownByFew = new Set(['image/heic', 'image/heif', 'image/tiff', 'image/jxl']);
const kLargestSmall = 8 * 1024 * 1024;       // bytes fetched for a small picture of it
const kLargestShown = 128 * 1024 * 1024;     // bytes held to show it large

// Pixels of the longer side that the daemon makes of photos.
type Edge = 256 | 1024;

function thumbnailOf(item: MediaItem, size: Edge): string {
  return urlOf(`api/assets/${item.id}/thumbnail`, { size, owner: foreignOwner(item) }).href + mark(item);
}

// The address of a small picture of it, if there can be one.
export function thumbnailHref(item: MediaItem): string | undefined {
  if (item.has_thumbnail) return thumbnailOf(item, 256);
  return kShown.has(item.media_type) && item.size > 0 && item.size <= kLargestSmall ? contentHref(item) : undefined;
}

// The address of a picture that fills most windows: seen until the photo itself is there, or in its place.
export function previewHref(item: MediaItem): string | undefined {
  return item.has_thumbnail ? thumbnailOf(item, 1024) : undefined;
}

type Showing = 'picture' | 'preview' | 'film' | 'sound' | 'facts';

// How the viewer shows it. Pictures only some browsers know are shown as the daemon's preview; without one they are tried.
export function showingOf(item: MediaItem): Showing {
  const type = item.media_type;
  const fits = item.size <= kLargestShown;
  if (kShown.has(type) && fits) return 'picture';
  if (item.has_thumbnail) return 'preview';
  if (kShownByFew.has(type) && fits) return 'picture';
  if (type.startsWith('video/')) return 'film';
  if (type.startsWith('audio/')) return 'sound';
  return 'facts';
}
