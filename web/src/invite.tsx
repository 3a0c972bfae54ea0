// What somebody sees who opens an invite link.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/pieces.css';
import './styles/shell.css';
import { loadLanguage } from './i18n/index.ts';
import { applyTheme } from './shell/theme.ts';

applyTheme();
await loadLanguage();
