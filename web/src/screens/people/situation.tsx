// How things stand with somebody, in one plain sentence, whose turn it is, and what one can do about it.
import { type ComponentChildren } from 'preact';
import { RotateCw } from 'lucide-preact';
import { type Connection } from '../../api/types.ts';
import { isOwn } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { formatDate } from '../../i18n/format.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { doPlain } from './acts.ts';
import { AskAgain } from './ask_again.tsx';
import { reasonText } from './reasons.ts';
import { canAskAgain, canRetry, hasEnded, situation, trouble, turnOf } from './story.ts';
import { WentWrong } from './timeline.tsx';
import { namesOf } from './who.ts';

// What to tell a person who has not answered: they need no more than this.
function TellThem({ connection }: { connection: Connection }) {
  const names = namesOf(connection);
  return (
    <>
      <p>{t('people.now.nothingToDo', names)} <CopyButton text={t('people.now.message', names)} label={t('people.now.copyMessage')} /></p>
      <p class="muted">{t('people.now.checkSpelling', names)}</p>
    </>
  );
}

function Confirmed({ connection }: { connection: Connection }) {
  const { verified, verified_at: at } = connection;
  if (!verified) return null;
  return <p>{at ? t('people.now.confirmed', { ...namesOf(connection), when: formatDate(at) }) : t('people.now.invited')}</p>;
}

function Ended({ connection }: { connection: Connection }) {
  const names = { ...namesOf(connection), when: formatDate(connection.updated_at) };
  return (
    <>
      <p>{reasonText(connection)}</p>
      <p class="muted">{connection.established_at ? t('people.now.endedAfter', names) : t('people.now.endedBefore', names)}</p>
    </>
  );
}

function RetryButton({ connection }: { connection: Connection }) {
  const retry = async () => { await doPlain('retry', connection); };
  return <Button icon={RotateCw} onClick={retry}>{t('people.retry')}</Button>;
}

function Actions({ connection }: { connection: Connection }) {
  const retry = canRetry(connection);
  const again = isOwn(connection) && canAskAgain(connection);
  const shares = isOwn(connection) && connection.state === 'established';
  if (!retry && !again && !shares) return null;
  return (
    <div class="row wrap">
      {retry && <RetryButton connection={connection} />}
      {again && <AskAgain connection={connection} />}
      {shares && <LinkButton href="#/shared">{t('people.shares', namesOf(connection))}</LinkButton>}
    </div>
  );
}

function kindOf(connection: Connection): 'info' | 'ok' | 'warn' | 'danger' {
  if (connection.state === 'failed') return 'danger';
  if (trouble(connection)) return 'warn';
  if (connection.state === 'established') return turnOf(connection) === 'you' ? 'warn' : 'ok';
  return 'info';
}

export function Situation({ connection, children }: { connection: Connection; children?: ComponentChildren }) {
  const now = situation(connection);
  const stuck = trouble(connection);
  const untold = stuck && hasEnded(connection) && connection.state !== 'failed';
  return (
    <div aria-live="polite">
      <Notice kind={kindOf(connection)} title={t(`people.now.${now}`, namesOf(connection))}>
        {now === 'theyDecide' && !stuck && isOwn(connection) && <TellThem connection={connection} />}
        {hasEnded(connection) && <Ended connection={connection} />}
        {untold && <p>{t('people.now.untold', namesOf(connection))}</p>}
        {stuck && <WentWrong connection={connection} entry={stuck} />}
        <Confirmed connection={connection} />
        <Actions connection={connection} />
        {children}
      </Notice>
    </div>
  );
}
