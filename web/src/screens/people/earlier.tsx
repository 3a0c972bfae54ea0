// What came to nothing or has ended, folded away: with whom, why, and the way to try again.
import { useState } from 'preact/hooks';
import { isAdmin } from '../../api/session.ts';
import { type Connection } from '../../api/types.ts';
import { domainOf } from '../../data/address.ts';
import { isOwn } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { formatDate } from '../../i18n/format.ts';
import { Button } from '../../ui/button.tsx';
import { visible } from '../../ui/text.tsx';
import { AskAgain } from './ask_again.tsx';
import { ConnectionRow } from './connection_row.tsx';
import { unblock } from './instance_acts.ts';
import { isBlocked } from './instances_list.ts';
import { reasonText } from './reasons.ts';
import { canAskAgain } from './story.ts';

const kAtOnce = 20;

function Row({ connection, active }: { connection: Connection; active: boolean }) {
  const domain = domainOf(connection.peer);
  const blocked = isAdmin() && isBlocked(domain);
  return (
    <ConnectionRow connection={connection}>
      <span>{reasonText(connection)} · {formatDate(connection.updated_at)}</span>
      {blocked && <Button small onClick={() => unblock(domain)}>{t('people.unblock.domain', { domain: visible(domain) })}</Button>}
      {!blocked && !active && isOwn(connection) && canAskAgain(connection) && <AskAgain small connection={connection} />}
    </ConnectionRow>
  );
}

// `actives` are those that go on: with them there is nothing to ask for again.
export function Earlier({ ended, actives }: { ended: Connection[]; actives: Connection[] }) {
  const [shown, setShown] = useState(kAtOnce);
  if (ended.length === 0) return null;
  const pairs = new Set(actives.map(({ local, peer }) => `${local} ${peer}`));
  return (
    <details class="card flush earlier">
      <summary>{t('people.earlier', { n: ended.length })}</summary>
      <ul class="list">
        {ended.slice(0, shown).map((one) => <Row key={one.id} connection={one} active={pairs.has(`${one.local} ${one.peer}`)} />)}
      </ul>
      {ended.length > shown && <div class="earlier-more"><Button small onClick={() => setShown(shown + kAtOnce)}>{t('action.loadMore')}</Button></div>}
    </details>
  );
}
