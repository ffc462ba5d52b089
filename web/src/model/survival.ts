/* The Kaplan-Meier curve as paths: a staircase with its band and median. */

import type { Sojourn } from "./document";
import { type Point, steps, stepsBand } from "./paths";
import { isEstimate } from "./values";

export interface SurvivalShape {
  readonly line: string;
  readonly band: string;
  /** Where the curve meets one half, or null when it stays above. */
  readonly median: Point | null;
  readonly halfY: number;
  readonly lastDays: number;
}

export function survivalShape(sojourn: Sojourn, width: number, height: number): SurvivalShape | null {
  const last = sojourn.curve[sojourn.curve.length - 1];
  if (!last || last.days <= 0) return null;
  const x = (days: number): number => (Math.min(days, last.days) / last.days) * width;
  const y = (share: number): number => (1 - share) * height;
  const median = sojourn.median_days;
  return {
    line: steps(sojourn.curve.map((p) => ({ x: x(p.days), y: y(p.staying) }))),
    band: stepsBand(
      sojourn.curve.map((p) => ({ x: x(p.days), y: y(p.high) })),
      sojourn.curve.map((p) => ({ x: x(p.days), y: y(p.low) })),
    ),
    median: isEstimate(median) && median.value <= last.days ? { x: x(median.value), y: y(0.5) } : null,
    halfY: y(0.5),
    lastDays: last.days,
  };
}
