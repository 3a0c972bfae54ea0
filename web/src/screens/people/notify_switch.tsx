import { useReducer } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { canNotify, chooseNotify, notifyState } from '../../shell/notify.ts';
import { CheckField } from '../../ui/field.tsx';

// Not shown where the browser has no notifications for this page.
export function NotifySwitch() {
  // The browser's own question may be left without an answer: then the mark that was set goes again.
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  if (!canNotify) return null;
  const choose = (on: boolean) => void chooseNotify(on).finally(() => redraw(undefined));
  const state = notifyState.value;
  return (
    <div class="stack tight">
      <CheckField label={t('people.notify')} checked={state === 'on'} onChecked={choose} />
      <small class="muted" role="status">{state === 'refused' ? t('people.notify.refused') : ''}</small>
    </div>
  );
}
