// Who somebody is who makes an account: what is wrong with it, and how it is asked for.
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { language, t } from '../../i18n/index.ts';
import { type Admission } from './admission.ts';
import { isWeak, passwordMistake } from './new_password.tsx';
import { isEmail, isHandle, isLongName } from './rules.ts';

export const emptyPerson = { firstName: '', lastName: '', email: '', password: '', organization: '', handle: undefined as string | undefined };
export type Person = typeof emptyPerson;
export type Mistakes = { [Field in keyof Person]?: string | undefined };

// A short name that was not touched is left to the daemon, which finds a free one.
export const wishedHandle = ({ handle }: Person) => handle?.trim() || undefined;

export function mistakesOf(person: Person): Mistakes {
  const handle = wishedHandle(person);
  const length = (name: string) => (isLongName(name.trim()) ? t('register.nameLong') : undefined);
  return {
    firstName: length(person.firstName),
    lastName: length(person.lastName),
    organization: length(person.organization),
    email: isEmail(person.email.trim()) ? undefined : t('setUp.emailWrong'),
    password: passwordMistake(person.password),
    handle: handle === undefined || isHandle(handle) ? undefined : t('setUp.handleWrong'),
  };
}

// What the daemon found wrong with one field.
export function mistakeIn(problem: Problem): Mistakes | undefined {
  if (isWeak(problem)) return { password: t('error.weak_password') };
  return problem.code === 'conflict' ? { handle: t('register.handleTaken') } : undefined;
}

function bodyOf(person: Person) {
  const [handle, organization] = [wishedHandle(person), person.organization.trim()];
  return {
    email: person.email.trim(),
    password: person.password,
    first_name: person.firstName.trim(),
    last_name: person.lastName.trim(),
    language: language(),
    ...(handle ? { handle } : {}),
    ...(organization ? { organization } : {}),
  };
}

// Throws a Problem.
export async function makeUser(person: Person, admission: Admission): Promise<void> {
  const send = async () => call('post', '/api/users', { body: bodyOf(person), proof: await admission.token() });
  try {
    await send();
  } catch (reason) {
    if (asProblem(reason).status !== 401) throw reason;
    admission.drop();  // it has run out, or was used by an answer that got lost
    await send();
  }
}
