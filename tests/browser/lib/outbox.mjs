// The mails of an instance without a mail server: files in its outbox.

import fs from 'node:fs';
import path from 'node:path';

import { until } from './waiting.mjs';

function decoded(message) {
  const [head, ...rest] = message.split('\r\n\r\n');
  const text = rest.join('\r\n\r\n');
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(head)) {
    return { head, text };
  }
  const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return { head, text: Buffer.from(bytes, 'latin1').toString('utf8') };
}

// All mails to `email` until now, the oldest first: { head, text }.
export function mailsTo(home, email) {
  const folder = path.join(home.directory, 'data', 'outbox');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.eml')) : [];
  const mails = names.sort().map((name) => decoded(fs.readFileSync(path.join(folder, name), 'utf8')));
  return mails.filter(({ head }) => head.includes(`\r\nTo: <${email}>`));
}

// The one that is the `number`th.
export async function mailTo(home, email, number = 1) {
  const mails = await until(() => {
    const found = mailsTo(home, email);
    return found.length >= number && found;
  }, `${number} mails to ${email}`);
  return mails[number - 1];
}

// What is to be opened in the `number`th mail.
export async function linkTo(home, email, number = 1) {
  const { text } = await mailTo(home, email, number);
  const link = /https?:\/\/\S+\/#\/\S+/.exec(text)?.[0];
  if (!link) {
    throw new Error(`no link in the mail to ${email}:\n${text}`);
  }
  return link;
}
