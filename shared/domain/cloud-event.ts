import { z } from 'zod';

/**
 * A CloudEvents 1.0 event in structured JSON form, with the extension attributes `sequence`, `partitionkey` and `audience`
 * (https://github.com/cloudevents/spec: spec.md, extensions/sequence.md, extensions/partitioning.md).
 */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  /** What the event is about, as a path: `/cartage/purchases/{id}` or `/cartage/invoices/{id}`. */
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /** Orders the events of one source without a gap, from 1; ten digits, because sequences are compared as text. */
  sequence: z.string().regex(/^\d{10}$/),
  /** The events of one key reach a partitioned subscriber in order: the purchase's or the invoice's id. */
  partitionkey: z.string(),
  /** Whose system the event is for: the subscription of that name receives it. */
  audience: z.enum(['crm', 'erp']),
  data: z.record(z.string(), z.unknown()),
});
export type CloudEvent = z.infer<typeof cloudEvent>;

/** A number as the `sequence` attribute has it. */
export function sequenceText(sequence: number): string {
  return `${sequence}`.padStart(10, '0');
}
