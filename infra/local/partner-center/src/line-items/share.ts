/** The part of a total (whole hundredths) that falls to one of `count` lines; all parts together are the total exactly. */
export const share = (total: number, index: number, count: number): number =>
  Math.floor((total * (index + 1)) / count) - Math.floor((total * index) / count);
