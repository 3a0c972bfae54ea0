// What people without an account see who open the link of an exchange. Token and key stay behind the '#' of the address:
// the page sends the token in a header, the key nowhere, and keeps neither.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/pieces.css';
import './styles/shell.css';
import './styles/entry.css';
import './styles/outside.css';
import { render } from 'preact';
import { loadLanguage } from './i18n/index.ts';
import { readLink } from './outside/link.ts';
import { OutsidePage } from './outside/page.tsx';
import { Visit } from './outside/visit.ts';
import { applyTheme } from './shell/theme.ts';

applyTheme();
await loadLanguage();
const link = readLink(location.hash);
const root = document.getElementById('app');
if (root) render(<OutsidePage visit={link && new Visit(link)} />, root);
// Another link of this server, put into the address bar, changes nothing but the part behind the '#'.
window.addEventListener('hashchange', () => location.reload());
