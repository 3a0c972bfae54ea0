// The frame: navigation, the account's menu, the place where screens go.
import { type ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { FolderOpen, Languages, Link, LogOut, type LucideIcon, MonitorSmartphone, Moon, Radio, Server, Share2, ShieldUser, Sun, UserRound, Users } from 'lucide-preact';
import { connected } from '../api/events.ts';
import { isAdmin, logOut, me } from '../api/session.ts';
import { languageNames, chooseLanguage, type Key, language, t } from '../i18n/index.ts';
import { Avatar } from '../ui/pieces.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { UserText } from '../ui/text.tsx';
import { toast } from '../ui/toasts.tsx';
import { asProblem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { instanceName } from './instance_name.ts';
import { liveNow } from './live_now.ts';
import { waitingCount } from './requests.ts';
import { chooseTheme, theme, type Theme } from './theme.ts';

interface Screen { path: string; text: Key; icon: LucideIcon; wideOnly?: boolean }

const kScreens: Screen[] = [
  { path: '/files', text: 'nav.files', icon: FolderOpen },
  { path: '/people', text: 'nav.people', icon: Users },
  { path: '/shared', text: 'nav.shared', icon: Share2 },
  { path: '/exchanges', text: 'nav.exchanges', icon: Link },
  { path: '/live', text: 'nav.live', icon: Radio },
];

// Below a narrow window five have room; the account's menu leads there as well.
const kAdmin: Screen = { path: '/admin', text: 'admin.title', icon: ShieldUser, wideOnly: true };

function Navigation() {
  const [path] = useLocation();
  return (
    <nav class="nav" aria-label={t('nav.label')}>
      {[...kScreens, ...(isAdmin() ? [kAdmin] : [])].map(({ path: to, text, icon: Icon, wideOnly }) => (
        <a key={to} href={`#${to}`} class={wideOnly ? 'wide-only' : undefined} aria-current={path === to || path.startsWith(`${to}/`) ? 'page' : undefined}>
          <Icon aria-hidden="true" />
          <span>{t(text)}</span>
          {to === '/people' && waitingCount.value > 0 && (
            <span class="badge"><span aria-hidden="true">{waitingCount.value}</span>
              <span class="visually-hidden">{t('nav.requests', { n: waitingCount.value })}</span></span>
          )}
          {to === '/live' && liveNow.value && <span class="badge dot"><span class="visually-hidden">{t('nav.liveOpen')}</span></span>}
        </a>
      ))}
    </nav>
  );
}

const kThemeIcons: Record<Theme, LucideIcon> = { auto: MonitorSmartphone, light: Sun, dark: Moon };

function accountItems(navigate: (to: string) => void): MenuItem[] {
  const themes = (['auto', 'light', 'dark'] as const).map((one) => ({
    group: t('account.theme'), text: t(`account.theme.${one}`), icon: kThemeIcons[one], checked: theme.value === one, onSelect: () => chooseTheme(one),
  }));
  const tongues = languageNames.map(({ code, name }) => ({
    group: t('account.language'), text: name, icon: Languages, checked: language() === code, onSelect: () => void chooseLanguage(code),
  }));
  const leave = async () => {
    await liveNow.value?.leave();   // while it may still be said
    try {
      await logOut();
    } catch (reason) {
      toast({ text: problemText(asProblem(reason)), kind: 'danger' });
    }
  };
  const own = { text: t('account.title'), icon: UserRound, onSelect: () => navigate('/account') };
  const server = !isAdmin() ? [] : [
    { text: t('admin.title'), icon: ShieldUser, onSelect: () => navigate('/admin') },
    { text: t('server.title'), icon: Server, onSelect: () => navigate('/server') },
  ];
  return [own, ...server, ...themes, ...tongues, { text: t('account.logOut'), icon: LogOut, onSelect: () => void leave() }];
}

function Account() {
  const user = me();
  const [, navigate] = useLocation();
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ') || user.handle;
  return (
    <Menu label={t('account.menu')} named up start buttonClass="account-button" items={accountItems(navigate)} button={
      <>
        <Avatar name={name} />
        <span class="names grow truncate">
          <UserText text={name} />
          <small class="muted truncate"><UserText text={user.address} /></small>
        </span>
        <span class="visually-hidden">{t('account.menu')}</span>
      </>
    } />
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const first = useRef(true);
  // Another screen: keyboards and screen readers start there; at once, before anybody goes on from there.
  useLayoutEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
    window.scrollTo(0, 0);
  }, [path]);
  return (
    <div class="shell">
      <button type="button" class="button skip" onClick={() => main.current?.focus()}>{t('nav.skip')}</button>
      <header class="sidebar">
        <div class="brand"><img src="./icon.svg" alt="" width="32" height="32" /><UserText class="truncate" text={instanceName.value} /></div>
        <Navigation />
        <div class="sidebar-foot"><div id="sidebar-status" class="status" /><Account /></div>
      </header>
      <main class="main" ref={main} tabIndex={-1}>
        {!connected.value && <p class="offline" role="status">{t('state.offline')}</p>}
        {children}
      </main>
    </div>
  );
}

// The head of a screen: its title and what can be done there.
export function ScreenHead({ title, children }: { title: string; children?: ComponentChildren }) {
  const count = waitingCount.value > 0 ? `(${waitingCount.value}) ` : '';
  const name = instanceName.value;
  useEffect(() => { document.title = `${count}${title} – ${name}`; }, [count, title, name]);
  return (
    <div class="screen-head">
      <h1>{title}</h1>
      {children && <div class="actions">{children}</div>}
    </div>
  );
}
