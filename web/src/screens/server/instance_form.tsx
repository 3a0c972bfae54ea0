import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, offline, type Problem } from '../../api/problem.ts';
import { refreshSession } from '../../api/session.ts';
import { type Instance } from '../../api/types.ts';
import { type Resource } from '../../data/use_resource.ts';
import { t } from '../../i18n/index.ts';
import { readWelcome, welcome } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';

function domainHint({ domain_fixed, domain_fixed_by }: Instance): string {
  if (!domain_fixed) return t('server.domainHint');
  return domain_fixed_by === 'configuration' ? t('server.domainFixedConfig') : t('server.domainFixedConnection');
}

const kRestart = { tries: 40, pause: 500 };  // milliseconds; running transfers get some seconds to finish

// The daemon starts anew under its new address, and people's addresses change with it.
async function untilRestarted(domain: string): Promise<void> {
  for (let tried = 1; ; ++tried) {
    try {
      await readWelcome();
      if (welcome.value?.domain === domain) {
        await refreshSession();
        return;
      }
    } catch (reason) {
      if (tried >= kRestart.tries) throw reason;
    }
    if (tried >= kRestart.tries) throw offline();
    await new Promise((resolve) => { setTimeout(resolve, kRestart.pause); });
  }
}

// Name and public address. What the configuration file says, or connections rely on, can only be read here.
export function InstanceForm({ instance, save, onSaved }: { instance: Resource<Instance>; save: string; onSaved?: () => void }) {
  const data = instance.data;
  const [typed, setTyped] = useState<{ name?: string; domain?: string }>({});  // all else is as the daemon has it now
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  if (!data) return null;
  const { name, domain } = { name: data.name, domain: data.domain, ...typed };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const change = { ...(name !== data.name && { name }), ...(domain !== data.domain && { domain }) };
    if (Object.keys(change).length === 0) return onSaved?.();
    setBusy(true);
    setProblem(undefined);
    try {
      const changed = await call('patch', '/api/instance', { body: change });
      instance.set(changed);
      setTyped({});
      if (changed.restarting) toast({ text: t('server.restarting') });
      await (changed.restarting ? untilRestarted(changed.domain) : readWelcome());
      if (!changed.restarting) toast({ text: t('server.saved') });
      onSaved?.();
    } catch (reason) {
      setProblem(asProblem(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack" onSubmit={submit} aria-label={t('server.title')}>
      <TextField label={t('server.name')} value={name} onValue={(text) => setTyped({ ...typed, name: text })} maxLength={80} required disabled={data.name_fixed}
        hint={data.name_fixed ? t('server.nameFixed') : t('server.nameHint')} />
      <TextField label={t('server.domain')} value={domain} onValue={(text) => setTyped({ ...typed, domain: text.trim().toLowerCase() })} maxLength={260} required
        disabled={data.domain_fixed} hint={domainHint(data)} autocapitalize="none" spellcheck={false} autocomplete="off" />
      {problem && <ProblemNotice problem={problem} />}
      {problem?.status === 400 && <p class="muted" lang="en">{visible(problem.detail)}</p>}
      <Button submit kind="primary" busy={busy} disabled={data.name_fixed && data.domain_fixed}>{save}</Button>
    </form>
  );
}
