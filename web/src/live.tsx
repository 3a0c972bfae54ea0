// What the receiver of a live transfer sees, who has a link and no account. Code and secret stand behind the '#' of the
// address: the code finds the offer, the secret never leaves this page.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/pieces.css';
import './styles/shell.css';
import './styles/entry.css';
import './styles/outside.css';
import { render } from 'preact';
import { loadLanguage } from './i18n/index.ts';
import { LiveVisit } from './live/fetching.ts';
import { readLiveLink } from './live/link.ts';
import { LivePage } from './live_page/page.tsx';
import { applyTheme } from './shell/theme.ts';

applyTheme();
await loadLanguage();
const link = readLiveLink(location.hash);
const root = document.getElementById('app');
if (root) render(<LivePage visit={link && new LiveVisit(link)} />, root);
// Another link of this server, put into the address bar, changes nothing but the part behind the '#'.
window.addEventListener('hashchange', () => location.reload());
