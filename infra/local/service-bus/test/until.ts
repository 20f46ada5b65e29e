/** Waits until `condition` gives something, asking often. Fails after `limit` milliseconds. */
export async function until<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  limit = 10_000,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end)
      throw new Error(`the condition did not come true within ${limit} ms: ${condition.toString()}`);
    await new Promise((fulfil) => setTimeout(fulfil, 10));
  }
}
