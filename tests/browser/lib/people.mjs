// People with an account on an instance. Tests set up scenes with them, over the API and with a token, beside the
// browser.

import { until } from './waiting.mjs';

export class Person {
  static async logIn(instance, email, password) {
    const credentials = Buffer.from(`${email}:${password}`).toString('base64');
    const answer = await instance.request('POST', '/api/tokens', {
      headers: { authorization: `Basic ${credentials}` },
    });
    if (answer.status !== 201) {
      throw new Error(`${email} cannot log in: ${answer.status} ${answer.body}`);
    }
    const { token, user } = answer.json();
    return new Person(instance, email, password, token, user);
  }

  constructor(instance, email, password, token, user) {
    Object.assign(this, { instance, email, password, token });
    this.id = user.id;
    this.handle = user.handle;
    this.address = user.address;
  }

  // The bare answer, for tests that look at it. A plain object as `body` goes out as JSON.
  request(method, target, { query, body, headers = {} } = {}) {
    const all = { authorization: `Bearer ${this.token}`, ...headers };
    const isJson = body !== undefined && !Buffer.isBuffer(body) && typeof body !== 'string';
    if (isJson) {
      all['content-type'] = 'application/json';
    }
    const where = query ? `${target}?${new URLSearchParams(query)}` : target;
    return this.instance.request(method, where, { headers: all, body: isJson ? JSON.stringify(body) : body });
  }

  // The JSON of an answer that must be good.
  async ok(method, target, options) {
    const answer = await this.request(method, target, options);
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${method} ${target}: ${answer.status} ${answer.body}`);
    }
    return answer.body.length > 0 ? answer.json() : null;
  }

  get(target, query) {
    return this.ok('GET', target, { query });
  }

  post(target, body) {
    return this.ok('POST', target, { body });
  }

  upload(name, content, headers = {}) {
    return this.ok('POST', '/files', { query: { filename: name }, body: Buffer.from(content), headers });
  }

  share(assets, person) {
    return this.post('/api/shares', { asset_ids: assets.map((asset) => asset.id), with: person.address });
  }

  // A connection once `condition` holds for it.
  async waitForConnection(id, condition, seconds) {
    let last;
    const read = async () => {
      last = await this.get(`/api/connections/${id}`);
      return condition(last) && last;
    };
    return until(read, () => JSON.stringify(last, null, 1), seconds);
  }
}

// The request of `from` as it lies before `to`.
export function pendingRequest(from, to) {
  const lies = (connection) => connection.state === 'pending_in' && connection.peer === from.address;
  return until(async () => (await to.get('/api/connections')).items.find(lies), `a request of ${from.address}`);
}

// From the wish to an approved connection; verified as well unless told otherwise. The connection's id on both sides.
export async function connect(alice, bob, { purpose = 'holiday photos', verify = true } = {}) {
  const asked = await alice.post('/api/connections', { peer: bob.address, purpose });
  const pending = await pendingRequest(alice, bob);
  await bob.post(`/api/connections/${pending.id}/approve`, { fingerprint: pending.fingerprint });
  const sides = [
    [alice, asked.id],
    [bob, pending.id],
  ];
  for (const [person, id] of sides) {
    await person.waitForConnection(id, (connection) => connection.state === 'established');
  }
  for (const [person, id] of verify ? sides : []) {
    await person.post(`/api/connections/${id}/confirm-words`, { match: true });
  }
  return { aliceSide: asked.id, bobSide: pending.id };
}
