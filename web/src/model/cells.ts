/* Cells by lane and step, what each lane shows, and how complete the map is. */

import type { Columns } from "./columns";
import type { Cell, JourneyMap, Lane, Provenance } from "./document";

export type CellsOfLane = ReadonlyMap<string, Cell>;

export function cellsByLane(map: JourneyMap): ReadonlyMap<string, CellsOfLane> {
  const lanes = new Map<string, Map<string, Cell>>();
  for (const cell of map.cells) {
    const lane = lanes.get(cell.lane) ?? new Map<string, Cell>();
    lane.set(cell.step, cell);
    lanes.set(cell.lane, lane);
  }
  return lanes;
}

/** One place of a lane's row: a cell or a gap, over `count` columns from `first`. */
export interface Slot {
  readonly first: number;
  readonly count: number;
  readonly cell: Cell | null;
}

export function laneSlots(layout: Columns, cells: CellsOfLane | undefined): Slot[] {
  const slots: Slot[] = [];
  let at = 0;
  while (at < layout.columns.length) {
    const cell = cells?.get(layout.columns[at]?.key ?? "") ?? null;
    const count = Math.max(1, Math.min(cell?.span ?? 1, layout.columns.length - at));
    slots.push({ first: at, count, cell });
    at += count;
  }
  return slots;
}

/** Lanes that have at least one cell, in the map's order. */
export function shownLanes(map: JourneyMap, cells: ReadonlyMap<string, CellsOfLane>): Lane[] {
  return map.lanes.filter((lane) => (cells.get(lane.key)?.size ?? 0) > 0);
}

export interface Completeness {
  readonly counts: Readonly<Record<Provenance, number>>;
  readonly total: number;
  /** (measured + partly) ÷ cells shown; null without cells. */
  readonly share: number | null;
}

export function completeness(map: JourneyMap): Completeness {
  const counts = { measured: 0, partly: 0, assumed: 0, unknown: 0 };
  for (const cell of map.cells) counts[cell.provenance] += 1;
  const total = map.cells.length;
  const known = counts.measured + counts.partly;
  return { counts, total, share: total > 0 ? known / total : null };
}

/** The whole map's largest stake of a unit, so that its range bars have one scale. */
export function stakeScale(map: JourneyMap, unit: string): number {
  const stakes = map.cells.flatMap((cell) =>
    cell.stake && "high" in cell.stake && cell.stake.unit === unit ? [cell.stake.high] : [],
  );
  return Math.max(1, ...stakes);
}
