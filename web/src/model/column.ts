/* The phone's vertical ribbon: widths in pixels on one scale, left to right, conserving people. */

import type { JourneyMap } from "./document";
import { stageFlows, totalOf } from "./flows";

export interface Strand {
  readonly kind: "forward" | "skip" | "still" | "left" | "back";
  readonly x: number;
  readonly width: number;
  readonly moves: number;
}

export interface ColumnStage {
  readonly index: number;
  readonly width: number;
  readonly total: number;
  readonly strands: readonly Strand[];
  /** Arrivals from outside, drawn above the node, after those who came forward. */
  readonly outside: { readonly x: number; readonly width: number; readonly moves: number };
  readonly opening: { readonly x: number; readonly width: number };
}

const LEAST = 0.9;

export function columnRibbon(map: JourneyMap, room: number): ColumnStage[] {
  const flows = stageFlows(map);
  const scale = room / Math.max(1, ...flows.map((f) => f.total));
  return flows.map((f): ColumnStage => {
    let x = 0;
    const parts = [
      ["forward", totalOf(f.toForward)], ["skip", totalOf(f.toSkip)], ["still", f.still],
      ["left", f.left], ["back", totalOf(f.toBack)],
    ] as const;
    const strands = parts.flatMap(([kind, moves]): Strand[] => {
      const width = moves * scale;
      const strand = { kind, x, width: Math.max(LEAST, width), moves };
      x += width;
      return moves > 0 ? [strand] : [];
    });
    const came = (totalOf(f.fromForward) + totalOf(f.fromSkip) + totalOf(f.fromBack)) * scale;
    const outside = (f.fromNew + f.fromReturned) * scale;
    return {
      index: f.index, total: f.total, width: Math.max(f.total > 0 ? LEAST : 0, f.total * scale), strands,
      outside: { x: came, width: outside, moves: f.fromNew + f.fromReturned },
      opening: { x: came + outside, width: f.opening * scale },
    };
  });
}
