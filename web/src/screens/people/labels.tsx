// Two labels that are easily confused and therefore never one: how far the trust between two people has come, and
// whether the other server answers.
import { Activity, CircleSlash, Clock, Link2, type LucideIcon, TriangleAlert, Unlink } from 'lucide-preact';
import { type Connection } from '../../api/types.ts';
import { type Key, t } from '../../i18n/index.ts';
import { formatAgo, formatTime } from '../../i18n/format.ts';
import { Chip, type Tone } from '../../ui/pieces.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { hasEnded, isDone, wordsAreOpen } from './story.ts';
import { formatSince } from './times.ts';
import { namesOf } from './who.ts';

interface Label { text: Key; tone: Tone; icon: LucideIcon }

const kTrust: Record<Connection['state'], Label> = {
  pending_in: { text: 'people.trust.pending_in', tone: 'accent', icon: Clock },
  pending_out: { text: 'people.trust.pending_out', tone: 'info', icon: Clock },
  exchanging: { text: 'people.trust.connecting', tone: 'info', icon: Activity },
  verifying: { text: 'people.trust.connecting', tone: 'info', icon: Activity },
  established: { text: 'people.trust.established', tone: 'ok', icon: Link2 },
  rejected: { text: 'people.trust.rejected', tone: 'plain', icon: CircleSlash },
  revoked: { text: 'people.trust.revoked', tone: 'plain', icon: Unlink },
  failed: { text: 'people.trust.failed', tone: 'danger', icon: TriangleAlert },
};

// They can't be waited for before they have it.
const kOnItsWay: Label = { text: 'people.trust.onItsWay', tone: 'info', icon: Clock };

export function TrustChip({ connection }: { connection: Connection }) {
  const undelivered = connection.state === 'pending_out' && !isDone(connection, 'init');
  const { text, tone, icon } = undelivered ? kOnItsWay : kTrust[connection.state];
  return <Chip tone={tone} icon={icon}>{t(text, namesOf(connection))}</Chip>;
}

// Leads to the step that is open; `linked` is false where that step is on the same page.
export function WordsChip({ connection, linked = true }: { connection: Connection; linked?: boolean }) {
  if (connection.state !== 'established' || !wordsAreOpen(connection)) return null;
  const chip = <Chip tone="warn" icon={TriangleAlert}>{t('people.words.open')}</Chip>;
  return linked ? <a class="chip-link" href={`#/people/${connection.id}`}>{chip}</a> : chip;
}

// Whether their server answers: nothing where that does not matter any more, or nobody can say.
export function Reach({ connection }: { connection: Connection }) {
  useMinute();
  const { down_since: down, last_seen: seen } = connection.peer_instance;
  if (hasEnded(connection)) return null;
  const names = namesOf(connection);
  if (down) {
    return <span class="reach down" title={formatTime(down)}>{t('people.reach.down', { ...names, when: formatSince(down) })}</span>;
  }
  if (seen) return <span class="reach" title={formatTime(seen)}>{t('people.reach.seen', { ...names, when: formatAgo(seen) })}</span>;
  return connection.peer_delivery === 'poll' ? <span class="reach">{t('people.reach.poll', names)}</span> : null;
}
