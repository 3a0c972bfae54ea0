// Everything I share with one person.
import { ArrowLeft, Share2 } from 'lucide-preact';
import { handleOf } from '../../data/address.ts';
import { ownConnections } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { StopAllButton } from './by_me.tsx';
import { establishedWith, isExpired, type OwnShare } from './groups.ts';
import { useOwnShares } from './lists.ts';
import { TrustChips } from './person_head.tsx';
import { ReachLine } from './reach.tsx';
import { ShareList } from './share_list.tsx';
import { ShareRow } from './share_row.tsx';
import { RowSkeletons } from './skeletons.tsx';

export function ByMePerson({ address }: { address: string }) {
  useMinute();
  const list = useOwnShares();
  const connection = establishedWith(ownConnections.value, address);
  const items = list.items.value.filter((share) => share.with === address && !isExpired(share, Date.now()));
  const problem = list.problem.value;
  return (
    <div data-owner={address}>
      <a class="shared-back" href="#/shared/by-me"><ArrowLeft aria-hidden="true" />{t('shared.byMe')}</a>
      <ScreenHead title={visible(address)}>
        {items.length > 0 && <StopAllButton group={{ address, connection, items }} />}
      </ScreenHead>
      <p class="muted shared-facts">
        {(connection || items.length > 0) && <TrustChips connection={connection} />}
        {list.started.value && <span>{t('shared.count', { n: items.length })}</span>}
        {connection && <ReachLine connection={connection} />}
      </p>
      <div class="stack">
        {problem && <ProblemNotice problem={problem} onRetry={() => list.refresh()} />}
        {!list.started.value && !problem && <RowSkeletons />}
        {list.started.value && items.length === 0 && <EmptyState icon={Share2} title={t('shared.noneWith', { who: visible(handleOf(address)) })} />}
        {items.length > 0 && (
          <ShareList<OwnShare> items={items} keyOf={({ id }) => id} label={t('shared.with', { who: visible(address) })}
            render={(share) => <ShareRow share={share} about="file" />} />
        )}
      </div>
    </div>
  );
}
