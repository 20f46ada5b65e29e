import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '#store/store';
import { bits, boolean, explicit, implicit, integer, nothing, octets, oid, sequence, set, utcTime, utf8 } from './der';

const storedSchema = z.object({ rootPem: z.string(), leafPem: z.string(), leafKeyPem: z.string() });
type Stored = z.infer<typeof storedSchema>;

/** The sandbox's own certificate authority, and the certificate that signs its events; made on first use, then kept. */
export class Certificates {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The root, to be trusted by clients of this sandbox. */
  rootPem(): string {
    return this.#stored().rootPem;
  }

  leafPem(): string {
    return this.#stored().leafPem;
  }

  leafKeyPem(): string {
    return this.#stored().leafKeyPem;
  }

  /** RSA PKCS#1 v1.5 over the raw bytes, base64 (page "partner-center-webhooks"). */
  signature(body: Buffer): string {
    return sign('sha256', body, createPrivateKey(this.leafKeyPem())).toString('base64');
  }

  #stored(): Stored {
    const text = this.#store.values.get('certificates');
    if (typeof text === 'string') return storedSchema.parse(JSON.parse(text));
    const made = makeCertificates();
    this.#store.values.put('certificates', JSON.stringify(made));
    this.#store.commit();
    return made;
  }
}

const DAY = 86_400_000;
const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), nothing());
// Receivers check this organisation in the issuer (page "partner-center-webhooks").
const ROOT_NAME = name('Partner Center Sandbox Root', 'Microsoft Corporation');
const LEAF_NAME = name('127.0.0.1', 'Microsoft Corporation');

function makeCertificates(): Stored {
  const root = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const leaf = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const mayIssue = [
    extension('2.5.29.19', true, sequence(boolean(true))),
    extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
  ];
  // 127.0.0.1 and localhost, so that the same certificate serves an https port.
  const names = sequence(implicit(7, Buffer.from([127, 0, 0, 1])), implicit(2, Buffer.from('localhost')));
  const usages = [
    extension('2.5.29.15', true, bits(Buffer.from([0xa0]), 5)),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, names),
  ];
  return {
    rootPem: certificate(ROOT_NAME, root.publicKey, mayIssue, root.privateKey),
    leafPem: certificate(LEAF_NAME, leaf.publicKey, usages, root.privateKey),
    leafKeyPem: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** An X.509 certificate of version 3 (RFC 5280), valid from yesterday for ten years, as PEM. */
function certificate(subject: Buffer, key: KeyObject, extensions: readonly Buffer[], issuerKey: KeyObject): string {
  const now = Date.now();
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    // The first bit stays clear: serial numbers are positive.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    SHA256_WITH_RSA,
    ROOT_NAME,
    sequence(utcTime(now - DAY), utcTime(now + 3650 * DAY)),
    subject,
    key.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(body, SHA256_WITH_RSA, bits(sign('sha256', body, issuerKey)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function name(commonName: string, organisation: string): Buffer {
  return sequence(set(sequence(oid('2.5.4.10'), utf8(organisation))), set(sequence(oid('2.5.4.3'), utf8(commonName))));
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));
