import { int } from '#amqp/value';
import { resolve } from '#broker/address';
import type { Broker } from '#broker/broker';
import type { Request, Response } from '#management/request';
import { type SharedAccessKey, pathOfAudience, refuseToken } from './sas';

/** Answers a put-token request; `grant` is called with the path the token opens for this connection. */
export function putToken(
  request: Request,
  broker: Broker,
  key: SharedAccessKey,
  grant: (path: string) => void,
): Response {
  const audience = request.properties.get('name');
  if (
    request.properties.get('operation') !== 'put-token' ||
    typeof audience !== 'string' ||
    typeof request.body !== 'string'
  ) {
    return status(400, 'The request is not a put-token request.');
  }
  const path = pathOfAudience(audience);
  if (path !== '' && !resolve(broker, path)) {
    const shown = audience.replace(/^(sb:\/\/[^/:]+):\d+/, '$1');
    return status(404, `The messaging entity '${shown}' could not be found. status-code: 404`);
  }
  const refusal = refuseToken(request.body, audience, key, Date.now());
  if (refusal !== undefined) return status(401, `Unauthorized access: ${refusal} status-code: 401`);
  grant(path);
  return status(202, 'Accepted');
}

function status(code: number, description: string): Response {
  return {
    properties: new Map<string, ReturnType<typeof int> | string>([
      ['status-code', int(code)],
      ['status-description', description],
    ]),
    body: null,
  };
}
