// What stands around everything before the log-in.
import { type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { chooseLanguage, language, languageNames, t } from '../../i18n/index.ts';
import { instanceName } from '../../shell/instance_name.ts';

function Languages() {
  return (
    <nav class="row gate-languages" aria-label={t('account.language')}>
      {languageNames.map(({ code, name }) => (
        <button key={code} type="button" lang={code} class="button ghost small" aria-pressed={code === language()}
          onClick={() => void chooseLanguage(code)}>{name}</button>
      ))}
    </nav>
  );
}

export function GateFrame({ title, wide, children }: { title: string; wide?: boolean; children: ComponentChildren }) {
  useEffect(() => { document.title = `${title} – ${instanceName.value}`; });
  return (
    <main class="gate">
      <div class={`gate-card${wide ? ' wide' : ''}`}>
        <div class="gate-head">
          <img src="./icon.svg" alt="" width="56" height="56" />
          <h1>{title}</h1>
        </div>
        {children}
        <Languages />
      </div>
    </main>
  );
}
