import { v5 } from 'uuid';

/** The namespace of every id that Cartage derives. It never changes: the same request is the same purchase forever. */
const NAMESPACE = '6f1a3c52-7b0e-4d7e-9a41-3f6a5d2c8b10';

/**
 * A name-based UUID (version 5, RFC 9562 section 5.5): the same namespace and name always give the same id, so that
 * whatever is sent twice carries the same id twice. Throws a TypeError for a namespace that is no UUID.
 */
export function uuidV5(namespace: string, name: string): string {
  // As bytes: the library throws for a string with half of a surrogate pair.
  return v5(Buffer.from(name), namespace);
}

/** The id of the purchase that a requester asked for under its own request id. */
export function purchaseIdOf(requester: string, requestId: string): string {
  return uuidV5(uuidV5(NAMESPACE, requester), requestId);
}

/** The id of something that belongs to an invoice, such as the event of its storing. */
export function invoiceEventIdOf(invoiceId: string, event: string): string {
  return uuidV5(uuidV5(NAMESPACE, `invoice/${invoiceId}`), event);
}
