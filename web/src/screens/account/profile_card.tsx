// Names, organisation, the language of mails; and what can't be changed: the address others know one by.
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Resource } from '../../data/use_resource.ts';
import { languageNames, t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { UserText } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { changesIn, type Profile, profileOf } from './profile.ts';
import { changeMe, type Me } from './use_me.ts';

const kLongest = 100;  // characters

function Known({ me }: { me: Me }) {
  return (
    <dl class="facts account-facts">
      <dt>{t('account.handle')}</dt>
      <dd><UserText text={me.handle} /></dd>
      <dt>{t('account.address')}</dt>
      <dd class="row wrap"><UserText text={me.address} /><CopyButton text={me.address} label={t('account.copyAddress')} /></dd>
    </dl>
  );
}

export function ProfileCard({ account, me }: { account: Resource<Me>; me: Me }) {
  const [typed, setTyped] = useState<Partial<Profile>>({});  // all else is as the daemon has it now
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const form = { ...profileOf(me), ...typed };
  const changes = changesIn(form, me);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || Object.keys(changes).length === 0) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await changeMe(account, changes);
      setTyped({});
      toast({ text: t('account.saved') });
    } catch (reason) {
      setProblem(asProblem(reason));
    } finally {
      setBusy(false);
    }
  };
  const type = (part: Partial<Profile>) => setTyped({ ...typed, ...part });
  const tongues = [{ value: '', text: t('account.mailLanguageNone') }, ...languageNames.map(({ code, name }) => ({ value: code as string, text: name }))];
  return (
    <section class="card stack" aria-labelledby="account-profile">
      <h2 id="account-profile">{t('account.profile')}</h2>
      <Known me={me} />
      <p class="muted"><small>{t('account.addressHint')}</small></p>
      <form class="stack" onSubmit={submit} aria-labelledby="account-profile">
        <div class="two-fields">
          <TextField label={t('account.firstName')} autocomplete="given-name" value={form.first_name}
            onValue={(text) => type({ first_name: text })} maxLength={kLongest} />
          <TextField label={t('account.lastName')} autocomplete="family-name" value={form.last_name}
            onValue={(text) => type({ last_name: text })} maxLength={kLongest} />
        </div>
        <TextField label={t('account.organization')} autocomplete="organization" value={form.organization}
          onValue={(text) => type({ organization: text })} maxLength={kLongest} />
        <SelectField label={t('account.mailLanguage')} hint={t('account.mailLanguageHint')} value={form.language} options={tongues}
          onValue={(language) => type({ language })} />
        {problem && <ProblemNotice problem={problem} />}
        <div><Button submit kind="primary" busy={busy} disabled={Object.keys(changes).length === 0}>{t('action.save')}</Button></div>
      </form>
    </section>
  );
}
