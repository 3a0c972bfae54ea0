import { t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';

export function Files() {
  return <ScreenHead title={t('nav.files')} />;
}
