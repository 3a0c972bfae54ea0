import { signal } from '@preact/signals';
import { remember, remembered } from '../data/remembered.ts';

export type Theme = 'auto' | 'light' | 'dark';
const kName = 'theme';
const stored = remembered(kName);
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto');

export function applyTheme(): void {
  if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

export function chooseTheme(wanted: Theme): void {
  theme.value = wanted;
  remember(kName, wanted);
  applyTheme();
}
