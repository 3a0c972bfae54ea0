// Notifications of the browser, for those who want them. Only pages in a secure context (HTTPS, or localhost) have them.
import { signal } from '@preact/signals';
import { remember, remembered } from '../data/remembered.ts';

type NotifyState = 'off' | 'on' | 'refused';  // refused: by the browser, and only its settings can change that

const kName = 'notify';

export const canNotify = 'Notification' in window && window.isSecureContext;

function stateNow(): NotifyState {
  if (!canNotify) return 'off';
  if (Notification.permission === 'denied') return 'refused';
  return Notification.permission === 'granted' && remembered(kName) === 'on' ? 'on' : 'off';
}

export const notifyState = signal<NotifyState>(stateNow());

export async function chooseNotify(wanted: boolean): Promise<void> {
  if (wanted && Notification.permission === 'default') await Notification.requestPermission();
  remember(kName, wanted ? 'on' : null);
  notifyState.value = stateNow();
}

// Shown only while nobody looks at this window. A click brings the window back, at `place`.
export function notify(title: string, body: string, tag: string, place: string): void {
  const lookedAt = !document.hidden && document.hasFocus();
  if (lookedAt || stateNow() !== 'on') return;
  try {
    const shown = new Notification(title, { body, tag, icon: './icon.svg' });
    shown.onclick = () => {
      window.focus();
      location.hash = place;
      shown.close();
    };
  } catch {
    // Browsers on phones have the name, but only let service workers use it.
  }
}
