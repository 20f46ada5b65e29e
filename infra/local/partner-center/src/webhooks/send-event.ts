import type { Certificates } from '#certificates/certificates';
import type { Delivery, WebhookRegistration } from '#store/records';
import { wireTime } from '#wire/time';

const TIME_LIMIT_MS = 10_000;

/** Who sends: the addresses that events contain, and the certificate that signs them. */
export interface Sender {
  /** Where this sandbox is reached: `http://127.0.0.1:port`. */
  readonly baseUrl: string;
  readonly certificateUrl: string;
  readonly certificates: Certificates;
}

/** The result of sending: the receiver's status, or 0 when there was no answer. */
export interface Attempt {
  readonly status: number;
  readonly message: string;
}

/** Posts one event, signed over its raw bytes (page "partner-center-webhooks"). */
export async function sendEvent(
  delivery: Delivery,
  registration: WebhookRegistration,
  sender: Sender,
  { badSignature }: { readonly badSignature: boolean },
): Promise<Attempt> {
  const body = Buffer.from(JSON.stringify(eventBody(delivery, sender.baseUrl)));
  const signed = badSignature ? Buffer.from('something else') : body;
  const signature = `Signature ${sender.certificates.signature(signed)}`;
  try {
    const response = await fetch(registration.url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
      headers: {
        'Content-Type': 'application/json',
        [registration.msSignatureHeader ? 'x-ms-signature' : 'Authorization']: signature,
        'X-MS-Certificate-Url': sender.certificateUrl,
        'X-MS-Signature-Algorithm': 'rsa-sha256',
      },
    });
    await response.body?.cancel();
    return { status: response.status, message: response.statusText };
  } catch (error) {
    // A receiver that cannot be reached is a result, reported in the validation event.
    return { status: 0, message: error instanceof Error ? error.message : 'The receiver could not be reached.' };
  }
}

/** Only a pointer, in PascalCase (page "partner-center-webhook-events"). */
const eventBody = (delivery: Delivery, baseUrl: string): object => ({
  EventName: delivery.eventName,
  ResourceUri: `${baseUrl}${delivery.resourceUri}`,
  ResourceName: delivery.eventName.split('-')[0],
  AuditUri: null,
  ResourceChangeUtcDate: wireTime(delivery.changedAt).replace('Z', '+00:00'),
});
