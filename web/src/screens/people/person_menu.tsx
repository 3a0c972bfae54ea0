// What is done rarely and on purpose: new keys, the end of a connection, taking a request back.
import { EllipsisVertical, KeyRound, Unlink } from 'lucide-preact';
import { type Connection } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toasts.tsx';
import { doPlain } from './acts.ts';
import { hasEnded } from './story.ts';
import { namesOf } from './who.ts';

async function rotate(connection: Connection): Promise<void> {
  const names = namesOf(connection);
  if (!await ask({ title: t('people.rotate.title'), text: t('people.rotate.text', names), yes: t('people.rotate.yes') })) return;
  const outcome = await doPlain('rotate', connection);
  if ('done' in outcome) toast({ text: t('people.rotate.done', names) });
}

async function end(connection: Connection): Promise<void> {
  const names = namesOf(connection);
  const what = connection.state === 'pending_out' ? 'withdraw' : 'end';
  const sure = await ask({ title: t(`people.${what}.title`, names), text: t(`people.${what}.text`, names), yes: t(`people.${what}.yes`), danger: true });
  if (!sure) return;
  const outcome = await doPlain('revoke', connection);
  if ('done' in outcome) toast({ text: t(`people.${what}.done`, names) });
}

export function PersonMenu({ connection }: { connection: Connection }) {
  if (hasEnded(connection) || connection.state === 'pending_in') return null;
  const rotating: MenuItem = { text: t('people.rotate'), icon: KeyRound, onSelect: () => void rotate(connection) };
  const ending: MenuItem = {
    text: t(connection.state === 'pending_out' ? 'people.withdraw' : 'people.end'), icon: Unlink, danger: true, onSelect: () => void end(connection),
  };
  return (
    <Menu label={t('people.menu', namesOf(connection))} button={<EllipsisVertical aria-hidden="true" />}
      items={connection.state === 'established' ? [rotating, ending] : [ending]} />
  );
}
