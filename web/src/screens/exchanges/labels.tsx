// In words: how an exchange stands, what it is called, how often it was fetched.
import { CircleCheck, CircleSlash, Clock, Hourglass, KeyRound, LockKeyhole, type LucideIcon, Upload } from 'lucide-preact';
import { type Exchange } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { Chip, type Tone } from '../../ui/pieces.tsx';
import { visible } from '../../ui/text.tsx';
import { type Situation } from './situation.ts';

const kLabels: Record<Situation, { tone: Tone; icon: LucideIcon }> = {
  waiting: { tone: 'info', icon: Clock },
  uploading: { tone: 'accent', icon: Upload },
  partial: { tone: 'warn', icon: Hourglass },
  ready: { tone: 'ok', icon: CircleCheck },
  arriving: { tone: 'ok', icon: Clock },
  arrived: { tone: 'ok', icon: CircleCheck },
  exhausted: { tone: 'plain', icon: CircleSlash },
  expired: { tone: 'plain', icon: CircleSlash },
  revoked: { tone: 'plain', icon: CircleSlash },
};

export function SituationChip({ situation }: { situation: Situation }) {
  const { tone, icon } = kLabels[situation];
  return <Chip tone={tone} icon={icon}>{t(`exchanges.state.${situation}`)}</Chip>;
}

export function Marks({ exchange: { encrypted, has_password: locked } }: { exchange: Exchange }) {
  return (
    <>
      {encrypted && <Chip icon={LockKeyhole}>{t('exchanges.mark.encrypted')}</Chip>}
      {locked && <Chip icon={KeyRound}>{t('exchanges.mark.password')}</Chip>}
    </>
  );
}

const kNamed = 2;

function someNames(files: readonly { name: string }[]): string {
  const names = files.slice(0, kNamed).map(({ name }) => visible(name)).join(', ');
  return files.length > kNamed ? t('exchanges.title.more', { names, n: files.length - kNamed }) : names;
}

// The first line that says something.
const firstLine = (note: string | null) => visible(note?.split('\n').map((line) => line.trim()).find(Boolean) ?? '');

// Never empty; of hostile texts what can be seen of them. `sent`: what this page is putting in, which it knows by name.
export function titleOf({ direction, encrypted, files, note }: Exchange, sent: readonly { name: string }[] = []): string {
  if (direction === 'receive') return firstLine(note) || t('exchanges.title.asked');
  if (sent.length > 0) return someNames(sent);
  if (files.length === 0) return firstLine(note) || t('exchanges.title.empty');
  return encrypted ? t('exchanges.title.encrypted', { n: files.length }) : someNames(files);
}

export function downloadsText({ downloads, max_downloads: most }: Exchange): string {
  return most === null ? t('exchanges.downloads', { n: downloads }) : t('exchanges.downloads.of', { n: downloads, most });
}
