// Whether this server is well: what it finds about itself, what happened, mails that wait, the secret that signs log-ins.
import { Alerts } from './alerts.tsx';
import { Checks } from './checks.tsx';
import { LogInSecret } from './log_in_secret.tsx';
import { MailQueue } from './mail_queue.tsx';

export function Health() {
  return (
    <>
      <Checks />
      <Alerts />
      <MailQueue />
      <LogInSecret />
    </>
  );
}
