/* Round numbers for scales. */

/** The largest of 1, 2, 5 × 10ⁿ that is not above `value`, at least 1. */
export function niceBelow(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
}
