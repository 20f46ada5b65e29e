import type { z } from 'zod';
import { ContractError } from '#shared/partner-center/errors/contract-error';
import { problemsOf } from '#shared/partner-center/schema/json-types';
import { changesNothing, type ApiRequest, type Call } from './request';
import type { Transport } from './transport';

/** Sends one request and parses its answer with a schema. Throws PartnerCenterError or ContractError. */
export async function callApi<Schema extends z.ZodType>(
  pc: Transport,
  request: ApiRequest,
  schema: Schema,
  call: Call,
): Promise<z.infer<Schema>> {
  const answer = await pc.send(request, call);
  return parseAnswer(answer.body, request, schema, call);
}

/** Parses a body with a schema, or throws a ContractError that names the places, never the values. */
function parseAnswer<Schema extends z.ZodType>(
  body: unknown,
  request: ApiRequest,
  schema: Schema,
  call: Call,
): z.infer<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const problems = problemsOf(read.error);
  throw new ContractError(request.operation, problems, changesNothing(request), call.requestId, call.correlationId);
}
