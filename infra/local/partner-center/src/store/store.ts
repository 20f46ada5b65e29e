import { join } from 'node:path';
import { type ChangeLog, Collection } from './collection';
import { type Change, Journal, type JournalOptions } from './journal';
import * as records from './records';

/** The sandbox's whole state. Changes become durable together, with `commit`, or vanish together, with `rollback`. */
export class Store implements ChangeLog {
  readonly #journal: Journal;
  #pending: Change[] = [];
  #undo: (() => void)[] = [];
  #journaled = 0;
  #closed = false;

  readonly customers = new Collection('customers', records.customerSchema, this);
  readonly carts = new Collection('carts', records.cartSchema, this, (cart) => cart.customerId);
  readonly orders = new Collection('orders', records.orderSchema, this, (order) => order.customerId);
  readonly subscriptions = new Collection('subscriptions', records.subscriptionSchema, this, (one) => one.customerId);
  readonly invoices = new Collection('invoices', records.invoiceSchema, this);
  readonly requests = new Collection('requests', records.rememberedRequestSchema, this);
  readonly refreshTokens = new Collection('refreshTokens', records.refreshTokenSchema, this);
  readonly audits = new Collection('audits', records.auditSchema, this);
  readonly webhooks = new Collection('webhooks', records.webhookSchema, this);
  readonly deliveries = new Collection('deliveries', records.deliverySchema, this);
  readonly values = new Collection('values', records.valueSchema, this);

  readonly #collections = [
    this.customers,
    this.carts,
    this.orders,
    this.subscriptions,
    this.invoices,
    this.requests,
    this.refreshTokens,
    this.audits,
    this.webhooks,
    this.deliveries,
    this.values,
  ];

  constructor(dataDir: string, options: JournalOptions = {}) {
    this.#journal = new Journal(join(dataDir, 'journal.ndjson'), options);
    this.#load();
  }

  changed(collection: string, key: string, record: unknown, undo: () => void): void {
    this.#pending.push(record === undefined ? [collection, key] : [collection, key, record]);
    this.#undo.push(undo);
  }

  /**
   * Writes all changes since the last commit as one transaction. Changes after `close` are lost, as in a crash.
   * Throws, with all of them undone, when they cannot be written.
   */
  commit(): void {
    if (this.#pending.length === 0) return;
    try {
      if (!this.#closed) this.#journal.append(this.#pending);
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.#pending = [];
    this.#undo = [];
  }

  rollback(): void {
    for (const undo of this.#undo.toReversed()) undo();
    this.#pending = [];
    this.#undo = [];
  }

  /** Replaces everything, in memory and on disk, by what `plant` writes; if that fails, everything stays as it was. */
  replaceAll(plant: () => void): void {
    this.rollback();
    const before = [...this.#snapshot()];
    this.#empty();
    try {
      plant();
      this.#journal.compact(this.#pending);
    } catch (error) {
      this.#empty();
      for (const change of before) this.#take(change);
      throw error;
    } finally {
      this.#pending = [];
      this.#undo = [];
    }
  }

  close(): void {
    this.#closed = true;
    this.#journal.close();
  }

  #load(): void {
    for (const change of this.#journal.read()) {
      this.#take(change);
      this.#journaled += 1;
    }
    const live = this.#collections.reduce((sum, collection) => sum + collection.size, 0);
    if (this.#journaled > 1000 && this.#journaled > 2 * live) this.#journal.compact(this.#snapshot());
  }

  #take([name, key, record]: Change): void {
    this.#collections.find((collection) => collection.name === name)?.load(key, record);
  }

  #empty(): void {
    for (const collection of this.#collections) collection.clear();
  }

  *#snapshot(): Generator<Change> {
    for (const collection of this.#collections) {
      for (const [key, record] of collection.entries()) yield [collection.name, key, record];
    }
  }
}
