// What the link that opened the page carries, taken out of the address at once so that it stays in no history: a one-time
// token ("#/log-in?token=…", "#/set-up?token=…", "#/verify-email?token=…", "#/reset-password?token=…"), an invite to
// register here ("#/register?invite=…"), or one to connect ("#/people?invite=…").
export interface Arrival {
  logInToken?: string;
  setUpToken?: string;
  verifyToken?: string;
  resetToken?: string;
  registrationInvite?: string;
  invite?: string;
}

const kTokens: Record<string, keyof Arrival> = {
  '/log-in': 'logInToken',
  '/set-up': 'setUpToken',
  '/verify-email': 'verifyToken',
  '/reset-password': 'resetToken',
};

export function takeArrival(): Arrival {
  const [path = '', query = ''] = location.hash.replace(/^#/, '').split('?', 2);
  if (!query) return {};
  const values = new URLSearchParams(query);
  const token = values.get('token') ?? undefined;
  const invite = values.get('invite') ?? undefined;
  if (!token && !invite) return {};
  history.replaceState(null, '', invite ? `#${path}` : '#/');
  const kind = kTokens[path];
  if (kind && token) return { [kind]: token };
  if (!invite) return {};
  return path === '/register' ? { registrationInvite: invite } : { invite };
}

// Links that are looked after before all else, whoever is logged in.
export function isForGate({ invite: _, ...others }: Arrival): boolean {
  return Object.keys(others).length > 0;
}
