// What somebody sees who opens an invite link. Nothing is sent anywhere: what the link carries stays in the browser.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/pieces.css';
import './styles/shell.css';
import './styles/entry.css';
import { render } from 'preact';
import { loadLanguage } from './i18n/index.ts';
import { readInvite } from './invite/link.ts';
import { InvitePage } from './invite/page.tsx';
import { applyTheme } from './shell/theme.ts';

applyTheme();
await loadLanguage();
const root = document.getElementById('app');
if (root) render(<InvitePage link={location.href} invite={readInvite(location.hash)} />, root);
