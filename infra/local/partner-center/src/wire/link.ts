/** A link as the API prints it: relative, without the version (page "utility-resources"). */
export interface Link {
  readonly uri: string;
  readonly method: string;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

/** A link; GET without headers unless told. */
export const link = (uri: string, method = 'GET', headers: Link['headers'] = []): Link => ({ uri, method, headers });

/** The envelope of a list that comes in one piece. `totalCount` counts this page, as on the real wire. */
export const collection = (items: readonly object[], self?: string): object => ({
  totalCount: items.length,
  items,
  ...(self === undefined ? {} : { links: { self: link(self) } }),
  attributes: { objectType: 'Collection' },
});
