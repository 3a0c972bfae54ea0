import { t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';

export function Shared() {
  return <ScreenHead title={t('nav.shared')} />;
}
