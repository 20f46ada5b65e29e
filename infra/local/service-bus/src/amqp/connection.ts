import type { Socket } from 'node:net';
import { AmqpError } from './amqp-error';
import {
  AMQP_HEADER,
  EMPTY_FRAME,
  type Frame,
  SASL_HEADER,
  amqpFrame,
  errorValue,
  saslFrame,
  frameSize,
  parseFrame,
} from './frames';
import { type Performative, performative } from './performatives';
import { Reader, decode } from './reader';
import { type Link, Session, type SessionConnection } from './session';
import { Units } from './units';
import { Described, ubyte, uint, ushort } from './value';

/** What the connection reports to its owner: a link that wants to be accepted or refused, and its own end. */
export interface ConnectionOwner {
  attached(link: Link): void;
  closed(): void;
  /** Whether this name and password open anything (SASL PLAIN). */
  authenticates(name: string, password: string): boolean;
  /** An error that is our own fault; the connection ends with `amqp:internal-error`. */
  failed(error: unknown): void;
}

const MAX_FRAME = 1024 * 1024;
/** Before `open` frames are short. */
const MAX_FIRST_FRAME = 8 * 1024;
/** Bytes of unfinished messages that one client may have in our memory. */
const MAX_UNFINISHED = 64 * 1024 * 1024;
const MAX_CHANNEL = 1023;
const MAX_LINKS = 5_000;
/** How long a closed peer has to hang up, milliseconds. */
const CLOSE_TIME_OUT = 5_000;
/** While more than this waits for a peer that does not read, nothing more is delivered to it or read from it. */
const MAX_UNSENT = 1024 * 1024;
/** The outcome of a wrong name or password (OASIS AMQP 1.0, 5.3.3.6). */
const SASL_AUTH = 1;
const SASL_MECHANISMS = ['MSSBCBS', 'ANONYMOUS', 'PLAIN', 'EXTERNAL'];

/**
 * One AMQP 1.0 connection of a client, server side: headers, SASL, open, heartbeats, sessions, and one socket write a tick.
 * Whatever the peer does wrong ends this connection with an AMQP error and touches no other.
 */
export class Connection implements SessionConnection {
  readonly #socket: Socket;
  readonly #containerId: string;
  /** The idle time-out we announce, milliseconds: twice as much silence ends the connection, and half as much without `open`. */
  readonly #idleTimeOut: number;
  readonly #owner: ConnectionOwner;
  readonly #sessions = new Map<number, Session>();
  readonly #units = new Units((head) => this.#sizeOf(head));
  #stage: 'header' | 'sasl' | 'amqp-header' | 'open' | 'opened' | 'closed' = 'header';
  #output: Buffer[] = [];
  #outputBytes = 0;
  /** True when deliveries may have been kept back because the peer did not read. */
  #heldBack = false;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #watchdog: NodeJS.Timeout;
  readonly #began = Date.now();
  #lastHeard = Date.now();
  #flushes = 0;
  #acknowledging = false;
  #peerMaxFrame = 512;
  #unfinished = 0;

  constructor(socket: Socket, containerId: string, idleTimeOut: number, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#containerId = containerId;
    this.#idleTimeOut = idleTimeOut;
    this.#owner = owner;
    socket.setNoDelay(true);
    this.#watchdog = setInterval(() => this.#checkSilence(), idleTimeOut / 6).unref();
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('drain', () => this.#goOn());
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.#ended());
  }

  /** The largest frame we may send. */
  get maxFrameSize(): number {
    return this.#peerMaxFrame;
  }

  /** True while the peer does not read what it was sent: deliveries for it wait in their queues. */
  get congested(): boolean {
    return this.#outputBytes + this.#socket.writableLength > MAX_UNSENT;
  }

  /** Queues bytes; everything queued in one tick leaves in one write. */
  write(...buffers: Buffer[]): void {
    if (this.#stage === 'closed') return;
    if (this.#output.length === 0) process.nextTick(() => this.#flush());
    for (const buffer of buffers) {
      this.#output.push(buffer);
      this.#outputBytes += buffer.length;
    }
  }

  /** Ends the connection, telling the peer why. */
  close(error?: AmqpError): void {
    if (this.#stage === 'closed') return;
    if (this.#stage === 'opened' || this.#stage === 'open') {
      if (this.#stage === 'open') this.#sendOpen();
      this.write(amqpFrame(0, 0x18, error ? [errorValue(error.condition, error.description)] : []));
    }
    this.#flush();
    this.#stage = 'closed';
    this.#socket.end();
    setTimeout(() => this.destroy(), CLOSE_TIME_OUT).unref();
    this.#release();
  }

  /** Cuts the connection without a close frame, as a failing network does. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Counts bytes of messages that come in several frames; negative when they are done. Throws AmqpError above the limit. */
  hold(bytes: number): void {
    this.#unfinished += bytes;
    if (this.#unfinished > MAX_UNFINISHED)
      throw new AmqpError('amqp:resource-limit-exceeded', 'too many unfinished messages');
  }

  linkAttached(link: Link): void {
    let links = 0;
    for (const { size } of this.#sessions.values()) links += size;
    if (links > MAX_LINKS) throw new AmqpError('amqp:resource-limit-exceeded', `more than ${MAX_LINKS} links`);
    this.#owner.attached(link);
  }

  sessionEnded(channel: number): void {
    this.#sessions.delete(channel);
  }

  #ended(): void {
    this.#stage = 'closed';
    this.#release();
  }

  #release(): void {
    clearInterval(this.#heartbeat);
    clearInterval(this.#watchdog);
    for (const session of this.#sessions.values()) session.end();
    this.#sessions.clear();
    this.#owner.closed();
  }

  #flush(): void {
    if (this.#output.length === 0 || this.#socket.destroyed) return;
    const buffers = this.#output;
    this.#heldBack ||= this.congested;
    this.#output = [];
    this.#outputBytes = 0;
    this.#flushes++;
    const [first] = buffers;
    this.#socket.write(buffers.length === 1 && first ? first : Buffer.concat(buffers));
    if (this.congested) {
      this.#heldBack = true;
      this.#socket.pause();
    } else if (this.#heldBack) {
      // The socket took everything at once, so there will be no `drain` event.
      setImmediate(() => this.#goOn());
    }
  }

  /** The peer has read what waited for it: reading goes on, and deliveries that were held back. */
  #goOn(): void {
    this.#socket.resume();
    if (!this.#heldBack) return;
    this.#heldBack = false;
    for (const session of this.#sessions.values()) session.ready();
  }

  /**
   * Answers what needs no answer, such as a flow, with an empty frame. The SDK leaves Nagle's algorithm on: its next small write waits
   * until the last one is acknowledged, and the kernel acknowledges at once only along with data, else after some 40 ms.
   */
  #acknowledgeSoon(): void {
    if (this.#acknowledging) return;
    this.#acknowledging = true;
    const flushes = this.#flushes;
    // After the journal's group of this tick, whose answers make this needless.
    setImmediate(() => {
      this.#acknowledging = false;
      if (this.#flushes !== flushes || this.#stage !== 'opened') return;
      this.write(EMPTY_FRAME);
    });
  }

  /** A peer that says nothing for twice the announced time is gone; our own heartbeats prove nothing about it. */
  #checkSilence(): void {
    const now = Date.now();
    const gone =
      this.#stage === 'opened'
        ? now - this.#lastHeard > this.#idleTimeOut * 2
        : now - this.#began > this.#idleTimeOut / 2;
    if (gone) this.destroy();
  }

  #received(chunk: Buffer): void {
    this.#lastHeard = Date.now();
    try {
      for (const unit of this.#units.feed(chunk)) {
        if (this.#isClosed()) return;
        if (this.#awaitsHeader()) this.#header(unit);
        else this.#frame(parseFrame(unit));
      }
    } catch (error) {
      if (!(error instanceof AmqpError)) this.#owner.failed(error);
      this.close(error instanceof AmqpError ? error : new AmqpError('amqp:internal-error', 'the broker failed'));
    }
    this.#acknowledgeSoon();
  }

  #isClosed(): boolean {
    return this.#stage === 'closed';
  }

  #awaitsHeader(): boolean {
    return this.#stage === 'header' || this.#stage === 'amqp-header';
  }

  #sizeOf(head: Buffer): number {
    if (this.#awaitsHeader()) return head.length;
    return frameSize(head, this.#stage === 'opened' ? MAX_FRAME : MAX_FIRST_FRAME);
  }

  #frame(frame: Frame): void {
    if (this.#stage === 'sasl') this.#sasl(frame);
    else if (frame.type !== 0) throw new AmqpError('amqp:framing-error', 'an AMQP frame was expected');
    else if (frame.body.length > 0) this.#amqp(frame);
  }

  #header(header: Buffer): void {
    if (this.#stage === 'header' && header.equals(SASL_HEADER)) {
      this.#stage = 'sasl';
      this.write(SASL_HEADER, saslFrame(0x40, [{ type: 'symbols', values: SASL_MECHANISMS }]));
    } else if (header.equals(AMQP_HEADER)) {
      this.#stage = 'open';
      this.write(AMQP_HEADER);
    } else {
      // The protocol we support, then the end of the connection (OASIS AMQP 1.0, 2.2).
      this.write(SASL_HEADER);
      this.close();
    }
  }

  /** Any mechanism but a wrong PLAIN is accepted: who may do what is decided by the tokens put to `$cbs`, or by PLAIN. */
  #sasl(frame: Frame): void {
    const value = frame.type === 1 ? decode(frame.body) : undefined;
    if (!(value instanceof Described) || value.descriptor !== 0x41) {
      throw new AmqpError('amqp:framing-error', 'a SASL init was expected');
    }
    const [mechanism, response] = Array.isArray(value.value) ? value.value : [];
    const [, name = '', password = ''] = Buffer.isBuffer(response) ? response.toString().split('\0') : [];
    if (mechanism === 'PLAIN' && !this.#owner.authenticates(name, password)) {
      this.write(saslFrame(0x44, [ubyte(SASL_AUTH)]));
      return this.close();
    }
    this.write(saslFrame(0x44, [ubyte(0)]));
    this.#stage = 'amqp-header';
  }

  #amqp(frame: Frame): void {
    const reader = new Reader(frame.body);
    const message = performative(reader.read());
    if (message.kind === 'open') this.#opened(message);
    else if (this.#stage !== 'opened') throw new AmqpError('amqp:illegal-state', 'open was expected first');
    else if (message.kind === 'begin') this.#begun(frame.channel, message);
    else if (message.kind === 'close') this.close();
    else if (message.kind === 'end') this.#sessionOf(frame.channel).endedByPeer();
    else this.#sessionOf(frame.channel).received(message, frame.body.subarray(reader.position));
  }

  #opened(open: Extract<Performative, { kind: 'open' }>): void {
    if (this.#stage === 'opened') throw new AmqpError('amqp:illegal-state', 'the connection is already open');
    this.#peerMaxFrame = Math.max(512, Math.min(open.maxFrameSize, MAX_FRAME));
    this.#sendOpen();
    if (open.idleTimeOut > 0) {
      const every = Math.max(100, Math.min(open.idleTimeOut / 3, 20_000));
      this.#heartbeat = setInterval(() => this.write(EMPTY_FRAME), every).unref();
    }
  }

  #sendOpen(): void {
    this.#stage = 'opened';
    this.write(
      amqpFrame(0, 0x10, [this.#containerId, null, uint(MAX_FRAME), ushort(MAX_CHANNEL), uint(this.#idleTimeOut)]),
    );
  }

  #begun(channel: number, begin: Extract<Performative, { kind: 'begin' }>): void {
    if (channel > MAX_CHANNEL) throw new AmqpError('amqp:not-allowed', `channel ${channel} is above ${MAX_CHANNEL}`);
    if (this.#sessions.has(channel)) throw new AmqpError('amqp:illegal-state', `channel ${channel} is in use`);
    this.#sessions.set(channel, new Session(this, channel, begin));
  }

  #sessionOf(channel: number): Session {
    const session = this.#sessions.get(channel);
    if (!session) throw new AmqpError('amqp:illegal-state', `channel ${channel} has no session`);
    return session;
  }
}
