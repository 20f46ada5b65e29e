import { LRUCache } from 'lru-cache';

/** What the catalogue and customers say that rarely changes, kept in this process for a while. */
export interface CatalogueCache {
  /**
   * The remembered value, or what `find` finds; several who ask at once share one search. Failures are not remembered.
   * With `fresh` what was remembered does not count.
   */
  remember<T extends object>(key: string, find: () => Promise<T>, fresh?: boolean): Promise<T>;
}

/** A cache that forgets after `seconds`, and the least used of more than 5,000 entries. */
export function createCatalogueCache(seconds: number): CatalogueCache {
  const kept = new LRUCache<string, Promise<object>>({ max: 5000, ttl: seconds * 1000 });
  return {
    remember<T extends object>(key: string, find: () => Promise<T>, fresh = false): Promise<T> {
      const known = kept.get(key) as Promise<T> | undefined;
      if (known && !fresh) return known;
      const found = find();
      kept.set(key, found);
      // A later search may have taken its place meanwhile.
      found.catch(() => kept.get(key) === found && kept.delete(key));
      return found;
    },
  };
}
