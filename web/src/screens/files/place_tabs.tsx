// One's own files: all of them, or as albums. Links: each has its place in the history.
import { t } from '../../i18n/index.ts';

const kTabs = [
  { tab: 'files', href: '#/files', text: 'albums.tab.files' },
  { tab: 'albums', href: '#/files/albums', text: 'albums.tab.albums' },
] as const;

export function PlaceTabs({ current }: { current: 'files' | 'albums' }) {
  return (
    <nav class="tabs place-tabs" aria-label={t('albums.tabs')}>
      {kTabs.map(({ tab, href, text }) => <a key={tab} href={href} aria-current={tab === current ? 'page' : undefined}>{t(text)}</a>)}
    </nav>
  );
}
