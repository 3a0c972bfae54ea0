// People's addresses: a handle, "@" and the domain of their server, both as the daemon has them. In texts they go through
// visible(), like everything somebody else chose.

export function handleOf(address: string): string {
  return address.split('@', 1)[0] ?? address;
}

export function domainOf(address: string): string {
  return address.slice(address.indexOf('@') + 1);
}
