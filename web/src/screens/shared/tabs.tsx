// The two halves of the screen, as links: each has its place in the history.
import { t } from '../../i18n/index.ts';

const kTabs = [
  { tab: 'with-me', href: '#/shared', text: 'shared.withMe' },
  { tab: 'by-me', href: '#/shared/by-me', text: 'shared.byMe' },
] as const;

export function Tabs({ current }: { current: 'with-me' | 'by-me' }) {
  return (
    <nav class="tabs" aria-label={t('shared.tabs')}>
      {kTabs.map(({ tab, href, text }) => (
        <a key={tab} href={href} aria-current={tab === current ? 'page' : undefined}>{t(text)}</a>
      ))}
    </nav>
  );
}
