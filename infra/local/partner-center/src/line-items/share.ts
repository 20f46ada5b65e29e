/** The part of a total (whole hundredths) for one of `count` lines; the parts add up to exactly the total. */
export const share = (total: number, index: number, count: number): number =>
  Math.floor((total * (index + 1)) / count) - Math.floor((total * index) / count);
