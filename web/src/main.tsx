// The page for the people of this house.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/pieces.css';
import './styles/shell.css';
import { render } from 'preact';
import { loadLanguage } from './i18n/index.ts';
import { App } from './shell/app.tsx';
import { takeArrival } from './shell/arrival.ts';
import { applyTheme } from './shell/theme.ts';

applyTheme();
const arrival = takeArrival();
await loadLanguage();
const root = document.getElementById('app');
if (root) render(<App arrival={arrival} />, root);
