// Tells that something was shared, with a way to take it back.
import { problemText } from '../../api/problem_text.ts';
import { type Connection } from '../../api/types.ts';
import { domainOf, handleOf } from '../../data/address.ts';
import { t } from '../../i18n/index.ts';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { someNames } from './effect.tsx';
import { establishedWith } from './groups.ts';
import { endShares, type Shared } from './share_acts.ts';

async function undo(ids: readonly string[]): Promise<void> {
  const { ended, problem } = await endShares(ids);
  if (!problem) return toast({ text: t('shared.undone') });
  toast({
    kind: 'danger',
    text: t('shared.undoFailed', { n: ids.length - ended.length, why: problemText(problem) }),
    action: { text: t('action.retry'), act: () => undo(ids.filter((id) => !ended.includes(id))) },
  });
}

export function tellShared(results: readonly Shared[], connections: readonly Connection[]): void {
  const done = results.filter(({ shares }) => shares.length > 0);
  if (done.length === 0) return;
  const people = [...new Set(done.map(({ address }) => address))];
  const [down, ...more] = people.filter((address) => establishedWith(connections, address)?.peer_instance.down_since);
  const later = down === undefined ? '' : more.length > 0 ? t('shared.laterMany')
    : t('shared.later', { who: visible(handleOf(down)), server: visible(domainOf(down)) });
  const text = t('shared.done', { who: someNames(people.map((address) => visible(handleOf(address)))) });
  const ids = done.flatMap(({ shares }) => shares.map(({ id }) => id));
  toast({ text: [text, later].filter(Boolean).join(' '), action: { text: t('action.undo'), act: () => undo(ids) } });
}
