import { t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';

export function People(_: { id?: string | undefined; invite?: string | undefined }) {
  return <ScreenHead title={t('nav.people')} />;
}
