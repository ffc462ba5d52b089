/* Five hues; further stages repeat them with a white inner line. */

export const HUES = 5;

export function hue(index: number): number {
  return (index % HUES) + 1;
}

export function repeated(index: number): boolean {
  return index >= HUES;
}
