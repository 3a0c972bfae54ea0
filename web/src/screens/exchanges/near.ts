// Whether a link only works close by, as far as its address tells: on the same device, or in the same network. Pure.
export type Near = 'device' | 'network';

const kNetworkNames = /(^[^.]+|\.(local|lan|home|internal|home\.arpa|intranet))$/;
const kNetworkV4 = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/;
const kNetworkV6 = /^\[f([cd]|e[89ab])/;

export function nearnessOf(link: string): Near | undefined {
  const host = new URL(link).hostname.replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '[::1]') return 'device';
  const isNetwork = host.startsWith('[') ? kNetworkV6.test(host) : kNetworkV4.test(host) || kNetworkNames.test(host);
  return isNetwork ? 'network' : undefined;
}
