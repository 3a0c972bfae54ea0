// One's own account, in three parts: who one is, how one gets in, what scripts get in with.
import { useLocation } from 'wouter-preact';
import { type Key, t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import '../../styles/account.css';
import '../../styles/entry.css';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { DeleteCard } from './delete_card.tsx';
import { EmailCard } from './email_card.tsx';
import { PasswordCard } from './password_card.tsx';
import { ProfileCard } from './profile_card.tsx';
import { SecondFactorCard } from './second_factor_card.tsx';
import { SessionsCard, useLogins } from './sessions_card.tsx';
import { StorageCard } from './storage_card.tsx';
import { TokensCard } from './tokens_card.tsx';
import { useMe } from './use_me.ts';

const kTabs: { path: string; text: Key }[] = [
  { path: '/account', text: 'account.profile' },
  { path: '/account/security', text: 'account.security' },
  { path: '/account/tokens', text: 'account.tokens' },
];

function Profile() {
  const account = useMe();
  return (
    <>
      {account.problem && <ProblemNotice problem={account.problem} onRetry={account.reload} />}
      {!account.data && account.loading && <Loading />}
      {account.data && (
        <>
          <ProfileCard account={account} me={account.data} />
          <EmailCard account={account} me={account.data} />
          <StorageCard me={account.data} />
          <DeleteCard me={account.data} />
        </>
      )}
    </>
  );
}

function Security() {
  const logins = useLogins();
  return (
    <>
      <PasswordCard onChanged={logins.reload} />
      <SecondFactorCard />
      <SessionsCard logins={logins} />
    </>
  );
}

export function Account() {
  const [path] = useLocation();
  const part = kTabs.find((tab) => tab.path === path) ?? kTabs[0];
  return (
    <div class="stack column">
      <ScreenHead title={t('account.title')} />
      <nav class="tabs" aria-label={t('account.parts')}>
        {kTabs.map((tab) => <a key={tab.path} href={`#${tab.path}`} aria-current={tab === part ? 'page' : undefined}>{t(tab.text)}</a>)}
      </nav>
      {part?.path === '/account/security' ? <Security /> : part?.path === '/account/tokens' ? <TokensCard /> : <Profile />}
    </div>
  );
}
