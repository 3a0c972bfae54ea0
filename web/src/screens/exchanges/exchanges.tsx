// Links for people who have no account: to give them files, and to ask them for some.
import '../../styles/exchanges.css';
import '../../styles/media.css';
import '../../styles/outside.css';
import { useEffect, useState } from 'preact/hooks';
import { Inbox, Link, Send } from 'lucide-preact';
import { type Exchange } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { RowSkeletons } from '../shared/skeletons.tsx';
import { AskDialog } from './ask_dialog.tsx';
import { DetailsDialog } from './details_dialog.tsx';
import { GiveDialog } from './give_dialog.tsx';
import { useExchanges } from './list.ts';
import { ExchangeRow } from './row.tsx';
import { stopSending } from './sendings.ts';
import { hasEnded, situationOf } from './situation.ts';

type Open = { kind: 'give' } | { kind: 'ask' } | { kind: 'details'; id: string };

function Buttons({ onOpen, primary }: { onOpen: (open: Open) => void; primary: boolean }) {
  return (
    <>
      <Button icon={Inbox} onClick={() => onOpen({ kind: 'ask' })}>{t('exchanges.ask')}</Button>
      <Button icon={Send} kind={primary ? 'primary' : 'plain'} onClick={() => onOpen({ kind: 'give' })}>{t('exchanges.give')}</Button>
    </>
  );
}

// What ended elsewhere takes no more files.
function useEndings(items: readonly Exchange[]) {
  useEffect(() => {
    for (const one of items) if (hasEnded(situationOf(one, Date.now()))) stopSending(one.id);
  }, [items]);
}

function List({ items, onOpen }: { items: readonly Exchange[]; onOpen: (open: Open) => void }) {
  return (
    <ul class="card flush list exchange-list" aria-label={t('nav.exchanges')}>
      {items.map((one) => <ExchangeRow key={one.id} exchange={one} onOpen={() => onOpen({ kind: 'details', id: one.id })} />)}
    </ul>
  );
}

export function Exchanges() {
  useMinute();
  const list = useExchanges();
  const [open, setOpen] = useState<Open>();
  const items = list.items.value;
  const problem = list.problem.value;
  const empty = list.started.value && items.length === 0;
  const shown = open?.kind === 'details' ? items.find(({ id }) => id === open.id) : undefined;
  const close = () => setOpen(undefined);
  useEndings(items);
  return (
    <div class="exchanges stack">
      <ScreenHead title={t('nav.exchanges')}>{!empty && <Buttons onOpen={setOpen} primary />}</ScreenHead>
      {problem && <ProblemNotice problem={problem} onRetry={() => list.refresh()} />}
      {!list.started.value && !problem && <RowSkeletons />}
      {empty && <EmptyState icon={Link} title={t('exchanges.none')} actions={<Buttons onOpen={setOpen} primary />}>{t('exchanges.noneText')}</EmptyState>}
      {items.length > 0 && <List items={items} onOpen={setOpen} />}
      {list.started.value && !list.complete.value && <div><Button onClick={() => list.more()}>{t('action.loadMore')}</Button></div>}
      {open?.kind === 'give' && <GiveDialog onClose={close} />}
      {open?.kind === 'ask' && <AskDialog onClose={close} />}
      {shown && <DetailsDialog exchange={shown} onClose={close} />}
    </div>
  );
}
