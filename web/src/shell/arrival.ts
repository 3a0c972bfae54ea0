// What the link that opened the page carries, taken out of the address at once so that it stays in no history: a one-time
// token ("#/log-in?token=…", "#/set-up?token=…"), or an invite ("#/people?invite=…").
export interface Arrival {
  logInToken?: string;
  setUpToken?: string;
  invite?: string;
}

export function takeArrival(): Arrival {
  const [path = '', query = ''] = location.hash.replace(/^#/, '').split('?', 2);
  if (!query) return {};
  const values = new URLSearchParams(query);
  const token = values.get('token') ?? undefined;
  const invite = values.get('invite') ?? undefined;
  if (!token && !invite) return {};
  history.replaceState(null, '', invite ? `#${path}` : '#/');
  if (path === '/log-in' && token) return { logInToken: token };
  if (path === '/set-up' && token) return { setUpToken: token };
  return invite ? { invite } : {};
}
