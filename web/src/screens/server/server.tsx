// How this server is called and reached; for admins.
import { t } from '../../i18n/index.ts';
import { welcome } from '../../shell/instance_name.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import '../../styles/entry.css';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Fingerprint } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { InstanceForm } from './instance_form.tsx';
import { Reachability } from './reachability.tsx';
import { useInstance } from './use_instance.ts';

export function Server() {
  const instance = useInstance();
  return (
    <div class="stack column">
      <ScreenHead title={t('server.title')} />
      {instance.problem && <ProblemNotice problem={instance.problem} onRetry={instance.reload} />}
      {!instance.data && instance.loading && <Loading />}
      {instance.data && (
        <>
          <section class="card stack" aria-label={t('server.title')}><InstanceForm instance={instance} save={t('server.save')} /></section>
          <section class="card stack"><h2>{t('reach.title')}</h2><Reachability instance={instance.data} /></section>
          <section class="card stack tight">
            <h2>{t('server.fingerprint')}</h2>
            <Fingerprint text={instance.data.fingerprint} />
            <p class="muted">{t('server.fingerprintHint')}</p>
          </section>
          {welcome.value && <p class="muted">{t('server.about', { version: welcome.value.version })}</p>}
        </>
      )}
    </div>
  );
}
