// For admins: who has an account here, who may get one, what happened, what lies here, what needs a look.
import { useLocation } from 'wouter-preact';
import { type Key, t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import '../../styles/admin.css';
import '../../styles/entry.css';
import { LinkButton } from '../../ui/button.tsx';
import { AuditLog } from './audit_log.tsx';
import { Health } from './health.tsx';
import { Invites } from './invites.tsx';
import { Storage } from './storage.tsx';
import { Users } from './users.tsx';

const kTabs: { path: string; text: Key }[] = [
  { path: '/admin', text: 'admin.users' },
  { path: '/admin/invites', text: 'admin.invitesTab' },
  { path: '/admin/log', text: 'admin.log' },
  { path: '/admin/storage', text: 'storage.title' },
  { path: '/admin/health', text: 'admin.health' },
];

function Part({ path }: { path: string | undefined }) {
  if (path === '/admin/invites') return <Invites />;
  if (path === '/admin/log') return <AuditLog />;
  if (path === '/admin/storage') return <Storage />;
  return path === '/admin/health' ? <Health /> : <Users />;
}

export function Admin() {
  const [path] = useLocation();
  const part = kTabs.find((tab) => tab.path === path) ?? kTabs[0];
  return (
    <div class="stack admin">
      <ScreenHead title={t('admin.title')}>
        <LinkButton href="#/people/servers" kind="ghost" small>{t('people.instances')}</LinkButton>
        <LinkButton href="#/server" kind="ghost" small>{t('server.title')}</LinkButton>
      </ScreenHead>
      <nav class="tabs" aria-label={t('admin.parts')}>
        {kTabs.map((tab) => <a key={tab.path} href={`#${tab.path}`} aria-current={tab === part ? 'page' : undefined}>{t(tab.text)}</a>)}
      </nav>
      <Part path={part?.path} />
    </div>
  );
}
