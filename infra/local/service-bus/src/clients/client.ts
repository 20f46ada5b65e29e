import { AmqpError, entityNotFound } from '#amqp/amqp-error';
import type { ConnectionOwner } from '#amqp/connection';
import { IncomingLink } from '#amqp/incoming-link';
import { OutgoingLink } from '#amqp/outgoing-link';
import { type Place, pathOf, resolve } from '#broker/address';
import type { Broker } from '#broker/broker';
import { maxMessageSize } from '#broker/sending';
import { manage } from '#management/management';
import { type Request, type Response, encodeResponse, parseRequest } from '#management/request';
import { putToken } from './cbs';
import { Receiver } from './receiver';
import { Requests } from './requests';
import { Responses } from './responses';
import { type SharedAccessKey, covers, isKey } from './sas';
import { Sender } from './sender';
import { attachSession } from './session-receiver';

const REQUEST_SIZE = 16 * 1024 * 1024;

/** What a client's connection may need. */
interface ClientOptions {
  readonly broker: Broker;
  readonly key: SharedAccessKey;
  readonly log: (line: string) => void;
  readonly closed: () => void;
}

/** One client: what its tokens open, and what its links do. */
export class Client implements ConnectionOwner {
  readonly #options: ClientOptions;
  readonly #granted = new Set<string>();
  readonly #requests = new Requests();
  readonly #responses = new Map<OutgoingLink, Responses>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  attached(link: IncomingLink | OutgoingLink): void {
    try {
      if (link.address.toLowerCase() === '$cbs') this.#attachCbs(link);
      else this.#attachTo(link, this.#place(link.address));
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      link.refuse(error);
    }
  }

  authenticates(name: string, password: string): boolean {
    if (!isKey(name, password, this.#options.key)) return false;
    this.#granted.add(''); // everything, without a token
    return true;
  }

  closed(): void {
    this.#requests.clear();
    this.#responses.clear();
    this.#options.closed();
  }

  failed(error: unknown): void {
    this.#options.log(
      `a client's connection failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }

  #attachCbs(link: IncomingLink | OutgoingLink): void {
    const { broker, key } = this.#options;
    const grant = (path: string): unknown => this.#granted.add(path);
    if (link instanceof OutgoingLink) this.#attachResponses(link);
    else this.#answer(link, (request) => putToken(request, broker, key, grant));
  }

  #attachTo(link: IncomingLink | OutgoingLink, place: Place): void {
    const { broker } = this.#options;
    if (place.management && link instanceof OutgoingLink) this.#attachResponses(link);
    else if (place.management && link instanceof IncomingLink)
      this.#answer(link, (request) => manage(request, place, broker));
    else if (link instanceof OutgoingLink) this.#attachReceiver(link, place);
    else {
      const { entity } = place;
      if (entity.kind === 'subscription' || place.deadLetter)
        throw new AmqpError('amqp:not-allowed', `Nothing can be sent to ${link.address}.`);
      link.accept(maxMessageSize(entity), new Sender(link, entity, broker));
    }
  }

  #attachReceiver(link: OutgoingLink, { entity, queue }: Place): void {
    if (entity.kind === 'topic')
      throw new AmqpError('amqp:not-allowed', 'Messages of a topic are received from its subscriptions.');
    if (attachSession(link, queue)) return;
    const lane = queue.lane(undefined);
    const receiver = new Receiver(link, queue, lane);
    link.accept(receiver);
    lane.add(receiver);
  }

  #attachResponses(link: OutgoingLink): void {
    const responses = new Responses(link);
    this.#responses.set(link, responses);
    link.accept(responses);
  }

  #answer(link: IncomingLink, respond: (request: Request) => Response | Promise<Response>): void {
    const work = async (payload: Buffer): Promise<void> => {
      try {
        const request = parseRequest(payload);
        const response = await respond(request);
        await this.#responsesTo(request, link)?.send(encodeResponse(request, response));
      } catch (error) {
        if (!(error instanceof AmqpError)) this.failed(error);
        link.close(error instanceof AmqpError ? error : new AmqpError('amqp:internal-error', 'The request failed.'));
      }
    };
    link.accept(REQUEST_SIZE, {
      message: ({ deliveryId, payload, settled }) => {
        if (!settled) link.settle(deliveryId, 'accepted');
        this.#requests.add(payload, work);
      },
    });
  }

  /** The link that a request wants its answer on: by the reply address, else the one of the same session and address. */
  #responsesTo(request: Request, link: IncomingLink): Responses | undefined {
    let fallback: Responses | undefined;
    for (const [outgoing, responses] of this.#responses) {
      if (!outgoing.alive) this.#responses.delete(outgoing);
      else if (outgoing.session === link.session) {
        if (outgoing.name === request.replyTo || outgoing.attach.target.address === request.replyTo) return responses;
        fallback = responses;
      }
    }
    return fallback;
  }

  #place(address: string): Place {
    const place = resolve(this.#options.broker, address);
    if (!place) throw entityNotFound(address);
    const path = pathOf(address);
    for (const granted of this.#granted) if (covers(granted, path)) return place;
    throw new AmqpError('amqp:unauthorized-access', `Unauthorized access: no token was put for '${address}'.`);
  }
}
