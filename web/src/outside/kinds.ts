// What kind of file something is, in a word and a picture.
import { Archive, File, FileText, Film, Image, type LucideIcon, Music } from 'lucide-preact';
import { t } from '../i18n/index.ts';

interface Kind { icon: LucideIcon; text: string }

const kArchives = /^application\/(zip|gzip|x-tar|x-7z-compressed|vnd\.rar|x-xz|x-bzip2|zstd)$/;

export function kindOf(mediaType: string): Kind {
  const [family] = mediaType.split('/');
  switch (family) {
    case 'image': return { icon: Image, text: t('outside.kind.image') };
    case 'video': return { icon: Film, text: t('outside.kind.video') };
    case 'audio': return { icon: Music, text: t('outside.kind.audio') };
    case 'text': return { icon: FileText, text: t('outside.kind.text') };
    default:
  }
  if (mediaType === 'application/pdf') return { icon: FileText, text: 'PDF' };
  if (kArchives.test(mediaType)) return { icon: Archive, text: t('outside.kind.archive') };
  return { icon: File, text: t('outside.kind.other') };
}
