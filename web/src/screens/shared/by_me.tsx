// What I share, by person.
import { FolderOpen, Share2 } from 'lucide-preact';
import { type ComponentChildren } from 'preact';
import { handleOf } from '../../data/address.ts';
import { ownConnections } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { Ago, visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { useAlbums } from '../albums/lists.ts';
import { isShared, SharedAlbums } from '../albums/shared_albums.tsx';
import { newestIn, type OwnShare, type PersonGroup, sharedWithPeople } from './groups.ts';
import { useOwnShares } from './lists.ts';
import { personHref } from './paths.ts';
import { PersonHead } from './person_head.tsx';
import { type ReadList } from './read_list.ts';
import { ShareRow } from './share_row.tsx';
import { RowSkeletons } from './skeletons.tsx';
import { stopAll } from './stop.ts';

const kShown = 5;

export function StopAllButton({ group: { address, items } }: { group: PersonGroup<OwnShare> }) {
  const names = { who: visible(handleOf(address)), address: visible(address), n: items.length };
  const question = { title: t('shared.stopAllTitle', names), text: t('shared.stopAllText', names) };
  const stop = async () => void await stopAll(items, question);
  return <Button small kind="danger" onClick={stop} label={t('shared.stopAllWith', names)}>{t('shared.stopAll', names)}</Button>;
}

function PersonShares({ group }: { group: PersonGroup<OwnShare> }) {
  const { address, connection, items } = group;
  const heading = `shares-${address}`;
  const newest = newestIn(group);
  return (
    <section class="card shared-person" aria-labelledby={heading} data-owner={address}>
      <PersonHead id={heading} address={address} connection={connection} href={personHref('by-me', address)}
        actions={<StopAllButton group={group} />}>
        <span>{t('shared.count', { n: items.length })}</span>
        {newest && <span>{t('shared.newest')} <Ago at={newest} /></span>}
      </PersonHead>
      <ul class="share-rows list">{items.slice(0, kShown).map((share) => <li key={share.id}><ShareRow share={share} about="file" /></li>)}</ul>
      {items.length > kShown && <p><a href={personHref('by-me', address)}>{t('shared.all', { n: items.length })}</a></p>}
    </section>
  );
}

// How it is listed, and what stands in the place of the list.
export function ByMeFrame({ by, list, children }: { by: 'person' | 'file'; list: ReadList<OwnShare>; children: ComponentChildren }) {
  const albums = useAlbums();
  const shared = albums.items.value.filter(isShared);
  const problem = list.problem.value;
  const notice = problem && <ProblemNotice problem={problem} onRetry={() => list.refresh()} />;
  if (!list.started.value) return notice ?? <RowSkeletons />;
  if (list.items.value.length === 0 && shared.length > 0) return <div class="stack">{notice}<SharedAlbums albums={shared} /></div>;
  if (list.items.value.length === 0) {
    return (
      <>
        {notice}
        <EmptyState icon={Share2} title={t('shared.none')}
          actions={<LinkButton kind="primary" icon={FolderOpen} href="#/files">{t('shared.toFiles')}</LinkButton>}>
          {t('shared.noneText')}
        </EmptyState>
      </>
    );
  }
  return (
    <div class="stack">
      {notice}
      <nav class="segmented shared-by" aria-label={t('shared.by')}>
        <a class="button small" href="#/shared/by-me" aria-current={by === 'person' ? 'page' : undefined}>{t('shared.byPerson')}</a>
        <a class="button small" href="#/shared/by-me/files" aria-current={by === 'file' ? 'page' : undefined}>{t('shared.byFile')}</a>
      </nav>
      <SharedAlbums albums={shared} />
      {children}
      {list.cut.value && <p class="muted">{t('shared.cut', { n: list.items.value.length })}</p>}
    </div>
  );
}

export function ByMe() {
  useMinute();
  const list = useOwnShares();
  const groups = sharedWithPeople(list.items.value, ownConnections.value, Date.now());
  return (
    <ByMeFrame by="person" list={list}>
      {groups.map((group) => <PersonShares key={group.address} group={group} />)}
    </ByMeFrame>
  );
}
