// A mail was asked for. Where the server can't send any, an admin has to pass it on.
import { t } from '../../i18n/index.ts';
import { welcome } from '../../shell/instance_name.ts';
import { Notice } from '../../ui/notice.tsx';

export function NoMail() {
  if (welcome.value?.sends_mail !== false) return null;
  return <Notice kind="warn" title={t('mail.none')}><p>{t('mail.noneHelp')}</p></Notice>;
}
