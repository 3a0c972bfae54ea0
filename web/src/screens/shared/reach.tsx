// Whether somebody's server answers, and what that means for what is shown.
import { type Connection } from '../../api/types.ts';
import { problemText } from '../../api/problem_text.ts';
import { domainOf, handleOf } from '../../data/address.ts';
import { formatAgo, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { formatSince } from '../people/times.ts';
import { namesOf } from '../people/who.ts';
import { checks, checkPeer, type Standing } from './peer_checks.ts';

// As found out here; before that, as this server saw it last.
function standingWith(connection: Connection): Standing | undefined {
  const found = checks.value.get(connection.peer)?.standing;
  if (found) return found;
  const { down_since: since } = connection.peer_instance;
  return since === null ? undefined : { kind: 'down', since };
}

// Their server asks ours, and never the other way round: they see what is shared with them, and can't show anything.
export function isOutOfReach({ peer_delivery }: Connection): boolean {
  return peer_delivery === 'poll';
}

// Pictures lie on the owner's server: they are asked for only once that has answered.
export function hasPictures(connection: Connection | undefined): boolean {
  return connection === undefined || checks.value.get(connection.peer)?.standing?.kind === 'up';
}

export function isDown(connection: Connection | undefined): boolean {
  return connection !== undefined && standingWith(connection)?.kind === 'down';
}

function downText(server: string, since: string | undefined): string {
  return since ? t('shared.reach.downSince', { server, when: formatSince(since) }) : t('shared.reach.down', { server });
}

// One line about their server.
export function ReachLine({ connection }: { connection: Connection }) {
  useMinute();
  const check = checks.value.get(connection.peer);
  const standing = standingWith(connection);
  const server = visible(domainOf(connection.peer));
  const { last_seen: seen } = connection.peer_instance;
  if (isOutOfReach(connection)) return <span class="reach">{t('people.reach.poll', namesOf(connection))}</span>;
  if (standing?.kind === 'down') {
    return <span class="reach down">{downText(server, standing.since)}</span>;
  }
  if (standing?.kind === 'refused') return <span class="reach down">{t('shared.reach.refused', { server })}</span>;
  if (standing && check) return <span class="reach">{t('shared.reach.up', { server, when: formatAgo(new Date(check.at).toISOString()) })}</span>;
  if (check?.asking) return <span class="reach">{t('shared.reach.asking', { server })}</span>;
  return seen ? <span class="reach" title={formatTime(seen)}>{t('shared.reach.up', { server, when: formatAgo(seen) })}</span> : null;
}

interface StaleProps {
  connection: Connection;
  told: string | undefined;      // when they said last what they share
  onRetry?: (() => void | Promise<void>) | undefined;
}

// Why what is shown may not be what they share now; nothing while their server answers.
export function StaleNotice({ connection, told, onRetry }: StaleProps) {
  const standing = standingWith(connection);
  if (!standing || standing.kind === 'up') return null;
  const names = { who: visible(handleOf(connection.peer)), server: visible(domainOf(connection.peer)) };
  const retry = async () => {
    await checkPeer(connection.peer);
    await onRetry?.();
  };
  const title = standing.kind === 'refused' ? problemText(standing.problem) : downText(names.server, standing.since);
  return (
    <Notice kind="warn" title={title}>
      <p>
        {told ? t('shared.stale.told', { ...names, when: formatTime(told) }) : t('shared.stale.nothing', names)}{' '}
        {standing.kind === 'down' && t('shared.stale.back', names)}
      </p>
      <div class="row wrap">
        <Button small busy={checks.value.get(connection.peer)?.asking ?? false} onClick={retry}>{t('shared.tryNow')}</Button>
        <a href={`#/people/${connection.id}`}>{t('shared.stale.more', names)}</a>
      </div>
    </Notice>
  );
}
