import { z } from 'zod';
import { collection } from '#shared/partner-center/schema/collection';
import { problemsOf } from '#shared/partner-center/schema/json-types';
import { callApi } from './call-api';
import { tellOdd, type OnOdd } from './odd-record';
import type { ApiRequest, Call } from './request';
import type { Transport } from './transport';

const anyList = collection(z.unknown());

/**
 * Every record of a list that comes whole in one answer. One odd record never costs the others: it is left out and told of.
 * Whoever needs to know that none was left out listens with `onOdd`.
 */
export async function readList<Item extends z.ZodType>(
  pc: Transport,
  request: ApiRequest,
  item: Item,
  call: Call,
  onOdd?: OnOdd,
): Promise<z.infer<Item>[]> {
  const { items } = await callApi(pc, request, anyList, call);
  const { operation } = request;
  const { requestId, correlationId } = call;
  let told = 0;
  return items.flatMap((raw, index) => {
    const read = item.safeParse(raw);
    if (read.success) return [read.data];
    told += 1;
    const problems = problemsOf(read.error);
    tellOdd({ operation, requestId, correlationId, place: index + 1, problems, raw }, told, pc.onOdd, onOdd);
    return [];
  });
}
