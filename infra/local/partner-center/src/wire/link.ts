/** A link as the API prints it: relative, without the version (page "utility-resources"). */
export interface Link {
  readonly uri: string;
  readonly method: string;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

/** A link, by default GET without headers. */
export const link = (uri: string, method = 'GET', headers: Link['headers'] = []): Link => ({ uri, method, headers });

/** The envelope of a list that is not paged. `totalCount` counts the items of this answer, as in the real service. */
export const collection = (items: readonly object[], self?: string): object => ({
  totalCount: items.length,
  items,
  links: self === undefined ? undefined : { self: link(self) },
  attributes: { objectType: 'Collection' },
});
