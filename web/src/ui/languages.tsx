// The languages of the page, for who is not logged in.
import { chooseLanguage, language, languageNames, t } from '../i18n/index.ts';

export function Languages() {
  return (
    <nav class="row gate-languages" aria-label={t('account.language')}>
      {languageNames.map(({ code, name }) => (
        <button key={code} type="button" lang={code} class="button ghost small" aria-pressed={code === language()}
          onClick={() => void chooseLanguage(code)}>{name}</button>
      ))}
    </nav>
  );
}
