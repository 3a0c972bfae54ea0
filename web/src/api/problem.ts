// What went wrong with a request: the daemon's problem document (RFC 9457), or that there was no answer at all.
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: string,               // of the daemon's error table; "offline" without an answer
    readonly status: number,             // 0 without an answer
    readonly detail = '',                // the daemon's own sentence, in English
    readonly requestId = '',
    readonly retryAfter?: number,        // seconds
    readonly since?: string,             // with peer_unreachable: since when
  ) {
    super(detail || code);
  }

  // Whether the same request may well work a little later.
  get passing(): boolean {
    return ['offline', 'busy', 'too_many_requests', 'peer_unreachable', 'peer_error', 'request_timeout'].includes(this.code);
  }
}

export const offline = () => new Problem('offline', 0);

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function problemFrom(status: number, body: string, retryAfter: string | null): Problem {
  const seconds = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  let fields: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) fields = parsed as Record<string, unknown>;
  } catch {
    // A proxy's own page, or nothing: the status has to do.
  }
  const code = text(fields['code']) || (status === 502 || status === 504 ? 'offline' : 'unknown');
  return new Problem(code, status, text(fields['detail']), text(fields['request_id']), seconds, text(fields['since']) || undefined);
}

export function asProblem(reason: unknown): Problem {
  if (reason instanceof Problem) return reason;
  return new Problem('unknown', 0, String(reason));
}
