import { useState } from 'preact/hooks';
import { remember, remembered } from '../data/remembered.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { CopyButton } from '../ui/pieces.tsx';
import { visible } from '../ui/text.tsx';
import { GateFrame } from '../screens/entry/frame.tsx';
import { type InviteLink, ownPage } from './link.ts';

const kName = 'own-page';  // so that a second invite finds the way by itself

function OwnKith({ link, invite }: { link: string; invite: InviteLink }) {
  const [address, setAddress] = useState(remembered(kName) ?? '');
  const [tried, setTried] = useState(false);
  const go = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const page = ownPage(address, invite);
    if (!page) return;
    remember(kName, address);
    location.assign(page);
  };
  const wrong = tried && !ownPage(address, invite) ? t('invitePage.addressWrong') : undefined;
  return (
    <form class="card stack" onSubmit={go} noValidate>
      <h2>{t('invitePage.own')}</h2>
      <p>{t('invitePage.ownText')}</p>
      <div><CopyButton text={link} label={t('invitePage.copy')} small={false} /></div>
      <TextField label={t('invitePage.address')} hint={t('invitePage.addressHint')} mistake={wrong} inputMode="url" autocomplete="url"
        autocapitalize="none" spellcheck={false} value={address} onValue={setAddress} />
      <Button submit kind="primary">{t('invitePage.go')}</Button>
    </form>
  );
}

export function InvitePage({ link, invite }: { link: string; invite: InviteLink | undefined }) {
  if (!invite) {
    return <GateFrame title={t('invitePage.title')}><Notice kind="danger" title={t('invitePage.broken')} role="alert" /></GateFrame>;
  }
  const who = visible(invite.from);
  return (
    <GateFrame title={t('invitePage.title')} wide>
      <p class="invite-from">{t('invitePage.from', { who })}</p>
      <OwnKith link={link} invite={invite} />
      <section class="card stack tight">
        <h2>{t('invitePage.none')}</h2>
        <p>{t('invitePage.noneText', { who })}</p>
      </section>
    </GateFrame>
  );
}
