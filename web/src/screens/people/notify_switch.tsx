import { t } from '../../i18n/index.ts';
import { canNotify, chooseNotify, notifyState } from '../../shell/notify.ts';
import { CheckField } from '../../ui/field.tsx';

// Not shown where the browser has no notifications for this page.
export function NotifySwitch() {
  if (!canNotify) return null;
  const state = notifyState.value;
  return (
    <div class="stack tight">
      <CheckField label={t('people.notify')} checked={state === 'on'} onChecked={(on) => void chooseNotify(on)} />
      <small class="muted" role="status">{state === 'refused' ? t('people.notify.refused') : ''}</small>
    </div>
  );
}
