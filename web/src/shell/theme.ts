import { signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
const kStored = 'kith-theme';
const stored = localStorage.getItem(kStored);
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto');

export function applyTheme(): void {
  if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

export function chooseTheme(wanted: Theme): void {
  theme.value = wanted;
  localStorage.setItem(kStored, wanted);
  applyTheme();
}
