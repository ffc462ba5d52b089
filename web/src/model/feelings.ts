/* The feelings curve: one axis, gaps where nobody was asked, dashes to what is only assumed. */

import type { Columns } from "./columns";
import type { Cell, Provenance } from "./document";
import { type Point, smooth, smoothBand } from "./paths";
import { isEstimate } from "./values";

export interface FeelingPoint extends Point {
  readonly step: string;
  readonly value: number;
  readonly n: number;
  readonly low: number;
  readonly high: number;
  readonly provenance: Provenance;
}

export interface FeelingCurve {
  readonly points: readonly FeelingPoint[];
  readonly lines: readonly string[];
  readonly bands: readonly string[];
  readonly dashes: readonly string[];
}

export interface FeelingAxis {
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
}

export function yOf(score: number, axis: FeelingAxis): number {
  const reach = axis.height - axis.top - axis.bottom;
  return axis.top + ((2 - score) / 4) * reach;
}

function pointAt(cell: Cell, layout: Columns, axis: FeelingAxis): FeelingPoint | null {
  const column = layout.columns.find((c) => c.key === cell.step);
  if (!column || !isEstimate(cell.score)) return null;
  const { value, low, high, n } = cell.score;
  return {
    step: cell.step, x: column.x + column.width / 2, y: yOf(value, axis), value, n,
    low: Math.max(-2, low), high: Math.min(2, high), provenance: cell.provenance,
  };
}

/* Runs of neighbouring columns whose feeling is known from answers. */
function runs(points: readonly (FeelingPoint | null)[]): FeelingPoint[][] {
  const found: FeelingPoint[][] = [[]];
  for (const point of points) {
    if (point && point.provenance !== "assumed") found[found.length - 1]?.push(point);
    else if ((found[found.length - 1]?.length ?? 0) > 0) found.push([]);
  }
  return found.filter((run) => run.length > 0);
}

export function feelingCurve(
  cells: ReadonlyMap<string, Cell>, layout: Columns, axis: FeelingAxis,
): FeelingCurve {
  const points = layout.columns.map((column) => {
    const cell = cells.get(column.key);
    return cell ? pointAt(cell, layout, axis) : null;
  });
  const known = runs(points);
  const dashes = points.slice(1).flatMap((point, i) => {
    const before = points[i];
    if (!point || !before) return [];
    const guessed = point.provenance === "assumed" || before.provenance === "assumed";
    return guessed ? [smooth([before, point])] : [];
  });
  const long = known.filter((run) => run.length > 1);
  return {
    points: points.filter((p): p is FeelingPoint => p !== null),
    lines: long.map(smooth),
    bands: long.map((run) =>
      smoothBand(
        run.map((p) => ({ x: p.x, y: yOf(p.high, axis) })),
        run.map((p) => ({ x: p.x, y: yOf(p.low, axis) })),
      ),
    ),
    dashes,
  };
}
