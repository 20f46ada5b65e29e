import { createHash } from 'node:crypto';
import type { Order } from '#store/records';

/** The internal ids in an artifact link; `resourceId` is the Azure reservation order. The same line always has the same ids. */
export function reservationIds(
  order: Order,
  index: number,
): { groupId: string; lineItemId: string; resourceId: string } {
  const digest = (part: string): string =>
    createHash('sha256').update(`${order.id}/${index}/${part}`).digest('hex').slice(0, 32);
  return { groupId: digest('group'), lineItemId: guid(digest('line')), resourceId: guid(digest('resource')) };
}

const guid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
