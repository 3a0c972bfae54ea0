// Makes an invite: a link, also as a QR code, that connects whoever has it. Below it those that can still be used.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Schema } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { formatTime } from '../../i18n/format.ts';
import { lazy } from '../../shell/lazy.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { OpenInvites } from './open_invites.tsx';
import { useInvites } from './use_invites.ts';

const QrCode = lazy(async () => (await import('../../ui/qr_code.tsx')).QrCode);

const kDay = 86_400;
const kTimes = ['1', '7', '30', '90'] as const;          // days
const kUses = ['1', '2', '5', '10', '25', '100'] as const;

type NewInvite = Schema<'NewInvite'>;

function Made({ invite, onAnother }: { invite: NewInvite; onAnother: () => void }) {
  return (
    <div class="stack">
      <Notice kind="ok" role="status" title={t('people.invite.made')}>
        <p>{t('people.invite.madeText', { n: invite.uses, when: formatTime(invite.expires_at) })}</p>
      </Notice>
      <div class="invite-made">
        <QrCode text={invite.link} label={t('people.invite.qr')} />
        <div class="stack grow">
          <label class="field">
            <span class="field-label">{t('people.invite.link')}</span>
            <textarea class="input mono invite-link" readOnly rows={5} value={invite.link} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <div class="row wrap">
            <CopyButton text={invite.link} label={t('people.invite.copy')} small={false} />
            <Button kind="ghost" onClick={onAnother}>{t('people.invite.another')}</Button>
          </div>
        </div>
      </div>
      <p class="muted">{t('people.invite.secret')}</p>
    </div>
  );
}

function Wish({ onMade }: { onMade: (invite: NewInvite) => void }) {
  const [days, setDays] = useState<(typeof kTimes)[number]>('7');
  const [uses, setUses] = useState<(typeof kUses)[number]>('1');
  const [problem, setProblem] = useState<Problem>();
  const make = async () => {
    setProblem(undefined);
    try {
      onMade(await call('post', '/api/invites', { body: { expires_in: Number(days) * kDay, uses: Number(uses) } }));
    } catch (reason) {
      setProblem(asProblem(reason));
    }
  };
  return (
    <div class="stack">
      <p>{t('people.invite.text')}</p>
      <div class="invite-wish">
        <SelectField label={t('people.invite.for')} value={days} onValue={setDays}
          options={kTimes.map((value) => ({ value, text: t('people.invite.days', { n: Number(value) }) }))} />
        <SelectField label={t('people.invite.uses')} value={uses} onValue={setUses}
          options={kUses.map((value) => ({ value, text: t('people.invite.people', { n: Number(value) }) }))} />
      </div>
      {problem && <ProblemNotice problem={problem} />}
      <div><Button kind="primary" onClick={make}>{t('people.invite.make')}</Button></div>
    </div>
  );
}

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<NewInvite>();
  const invites = useInvites();
  const top = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  // What had the focus made room for something else.
  useEffect(() => {
    if (!first.current) top.current?.querySelector<HTMLElement>('textarea, select')?.focus();
    first.current = false;
  }, [made]);
  const take = (invite: NewInvite) => {
    setMade(invite);
    void invites.reload();
  };
  return (
    <Dialog wide title={t('people.invite')} onClose={onClose}>
      <div class="stack loose">
        <div ref={top}>{made ? <Made invite={made} onAnother={() => setMade(undefined)} /> : <Wish onMade={take} />}</div>
        <OpenInvites invites={invites} onDeleted={(id) => { if (made?.id === id) setMade(undefined); }} />
      </div>
    </Dialog>
  );
}
