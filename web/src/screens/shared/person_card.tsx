// One person and the newest of what they share.
import { useState } from 'preact/hooks';
import { Ago, visible } from '../../ui/text.tsx';
import { t } from '../../i18n/index.ts';
import { newestIn, type PersonGroup, type SharedItem, toldAt } from './groups.ts';
import { personHref } from './paths.ts';
import { PersonHead } from './person_head.tsx';
import { hasPictures, StaleNotice } from './reach.tsx';
import { SharedTile } from './shared_tile.tsx';
import { SharedViewer } from './shared_viewer.tsx';
import { focusTile } from './focus_tile.ts';

const kShown = 12;

export function PersonCard({ group }: { group: PersonGroup<SharedItem> }) {
  const { address, connection, items } = group;
  const [viewing, setViewing] = useState<string>();
  const newest = newestIn(group);
  const heading = `shared-${address}`;
  return (
    <section class="card shared-person" aria-labelledby={heading} data-owner={address}>
      <PersonHead id={heading} address={address} connection={connection} href={personHref('with-me', address)} quiet>
        <span>{t('shared.count', { n: items.length })}</span>
        {newest && <span>{t('shared.newest')} <Ago at={newest} /></span>}
      </PersonHead>
      {connection && <StaleNotice connection={connection} told={toldAt(items)} />}
      <ul class="shared-tiles" aria-label={t('shared.of', { who: visible(address) })}>
        {items.slice(0, kShown).map((item) => (
          <li key={item.id}><SharedTile item={item} pictures={hasPictures(connection)} onOpen={() => setViewing(item.id)} /></li>
        ))}
      </ul>
      {items.length > kShown && <p><a href={personHref('with-me', address)}>{t('shared.all', { n: items.length })}</a></p>}
      {viewing !== undefined && (
        <SharedViewer items={items} start={viewing} onClose={(last) => { setViewing(undefined); focusTile(last); }} />
      )}
    </section>
  );
}
