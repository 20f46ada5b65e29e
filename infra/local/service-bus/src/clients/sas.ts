import { createHmac, timingSafeEqual } from 'node:crypto';

/** A shared access key: `UseDevelopmentEmulator` connection strings carry the same pair. */
export interface SharedAccessKey {
  readonly name: string;
  readonly key: string;
}

/**
 * Checks a shared access signature (Microsoft Learn, "Service Bus access control with Shared Access Signatures").
 * Returns what is wrong with it, or undefined when it grants `audience` at the time `now` (milliseconds by the true clock: clients do not follow a moved one).
 */
export function refuseToken(token: string, audience: string, key: SharedAccessKey, now: number): string | undefined {
  const match = /^SharedAccessSignature (.+)$/.exec(token);
  const fields = new URLSearchParams(match?.[1] ?? '');
  const raw = new Map(
    (match?.[1] ?? '')
      .split('&')
      .map((field): [string, string] => [field.split('=', 1)[0] ?? '', field.slice(field.indexOf('=') + 1)]),
  );
  const resource = fields.get('sr');
  const expiry = fields.get('se');
  const signature = fields.get('sig');
  if (!resource || !expiry || !signature) return 'The token is malformed.';
  if (fields.get('skn') !== key.name) return 'The token is signed with an unknown key.';
  const wanted = createHmac('sha256', key.key)
    .update(`${raw.get('sr') ?? ''}\n${expiry}`)
    .digest();
  const given = Buffer.from(signature.replaceAll(' ', '+'), 'base64');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return 'The signature of the token is invalid.';
  if (!(Number(expiry) * 1000 > now)) return 'The token is expired.';
  return covers(pathOfAudience(resource), pathOfAudience(audience)) ? undefined : 'The token is for another resource.';
}

/** Whether this is the key itself, as SASL PLAIN sends it. */
export function isKey(name: string, password: string, key: SharedAccessKey): boolean {
  const [given, wanted] = [password, key.key].map((text) => createHmac('sha256', key.key).update(text).digest());
  return name === key.name && given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted);
}

/** The entity path of an audience such as `sb://host:port/queue`, in lower case. */
export function pathOfAudience(audience: string): string {
  return audience
    .toLowerCase()
    .replace(/^[a-z]+:\/\/[^/]*/, '')
    .replace(/\?.*$/, '')
    .replace(/^\/+|\/+$/g, '');
}

/** True when a grant for `granted` reaches `path`: the same, or something below it. */
export function covers(granted: string, path: string): boolean {
  return granted === '' || path === granted || path.startsWith(`${granted}/`);
}
