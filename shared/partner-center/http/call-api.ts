import type { z } from 'zod';
import { ContractError } from '#shared/partner-center/errors/errors';
import type { ApiRequest, Call, Transport } from './transport';

/** Sends one request and reads its answer with a schema. Throws PartnerCenterError or ContractError. */
export async function callApi<Schema extends z.ZodType>(
  pc: Transport,
  request: ApiRequest,
  schema: Schema,
  call: Call,
): Promise<z.infer<Schema>> {
  const answer = await pc.send(request, call);
  return readAnswer(answer.body, request, schema, call);
}

/** Reads a body with a schema, or throws a ContractError that names the places, never the values. */
export function readAnswer<Schema extends z.ZodType>(
  body: unknown,
  request: ApiRequest,
  schema: Schema,
  call: Call,
): z.infer<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const problems = read.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new ContractError(request.operation, problems, changesNothing(request), call.requestId, call.correlationId);
}

/** True for a request that can't have had an effect, whatever became of it. */
export function changesNothing(request: ApiRequest): boolean {
  return request.method === 'GET' || request.readsOnly === true;
}
