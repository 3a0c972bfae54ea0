// A small picture of a file, or an icon that says what kind it is. It is decoration: the name stands beside it.
import { useState } from 'preact/hooks';
import { File, FileText, Film, Image, type LucideIcon, Music } from 'lucide-preact';
import { extensionOf } from './names.ts';
import { type Kind, kindOf, type MediaItem, thumbnailHref } from './item.ts';
import { usePicture } from './use_picture.ts';

const kIcons: Record<Kind, LucideIcon> = { photo: Image, video: Film, audio: Music, document: FileText, other: File };

export function KindIcon({ item }: { item: MediaItem }) {
  const Icon = kIcons[kindOf(item)];
  return <Icon aria-hidden="true" />;
}

export function Thumbnail({ item }: { item: MediaItem }) {
  const href = thumbnailHref(item);
  const [failed, setFailed] = useState<string>();
  if (href !== undefined && href !== failed) return <SmallPicture href={href} onFail={() => setFailed(href)} />;
  const ending = /^[a-z0-9]{1,5}$/i.exec(extensionOf(item.name))?.[0];
  return (
    <span class={`thumbnail kind-${kindOf(item)}`} aria-hidden="true">
      <KindIcon item={item} />
      {ending && <span class="ending" data-text={ending.toUpperCase()} />}
    </span>
  );
}

function SmallPicture({ href, onFail }: { href: string; onFail: () => void }) {
  const url = usePicture(href, onFail);
  if (!url) return <span class="thumbnail" aria-hidden="true" data-loading />;
  return <img class="thumbnail" src={url} alt="" decoding="async" draggable={false} onError={onFail} />;
}
