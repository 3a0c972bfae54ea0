// Who it is: name and address, trust, whether their server answers, and a line about what is shared.
import { type ComponentChildren } from 'preact';
import { House } from 'lucide-preact';
import { type Connection } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { Avatar, Chip } from '../../ui/pieces.tsx';
import { UserText } from '../../ui/text.tsx';
import { TrustChip, WordsChip } from '../people/labels.tsx';
import { isDown, ReachLine } from './reach.tsx';

export function TrustChips({ connection }: { connection: Connection | undefined }) {
  return (
    <span class="shared-chips">
      {connection
        ? <><WordsChip connection={connection} /><TrustChip connection={connection} /></>
        : <Chip icon={House}>{t('shared.local.chip')}</Chip>}
    </span>
  );
}

interface PersonHeadProps {
  id: string;                                  // of the heading
  address: string;
  connection: Connection | undefined;
  href: string;
  children?: ComponentChildren;                // what is shared
  actions?: ComponentChildren;
  quiet?: boolean;                             // that their server is down is said elsewhere
}

export function PersonHead({ id, address, connection, href, children, actions, quiet }: PersonHeadProps) {
  return (
    <header class="shared-head">
      <Avatar name={address} />
      <div class="grow shared-head-text">
        <h2 id={id}><a href={href}><UserText text={address} /></a></h2>
        <p class="muted shared-facts">
          {children}
          {connection && !(quiet && isDown(connection)) && <ReachLine connection={connection} />}
        </p>
      </div>
      <TrustChips connection={connection} />
      {actions}
    </header>
  );
}
