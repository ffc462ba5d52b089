/* Cells by lane and step, what each lane shows, and how complete the map is. */

import type { Columns } from "./columns";
import type { Cell, JourneyMap, Label, Lane, Provenance } from "./document";

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
    const column = layout.columns[at];
    const cell = cells?.get(column?.key ?? "") ?? null;
    const count = Math.max(1, Math.min(cell?.span ?? 1, layout.columns.length - at));
    const last = slots[slots.length - 1];
    const stage = layout.stages.some((s) => s.first === at);
    if (last && cell && !stage && asksTheSame(last, cell, layout)) {
      slots[slots.length - 1] = { ...last, count: last.count + count };
    } else slots.push({ first: at, count, cell });
    at += count;
  }
  return slots;
}

/* Neighbours within a stage that ask the same question ask it once. */
function asksTheSame(slot: Slot, cell: Cell, layout: Columns): boolean {
  const before = slot.cell;
  if (before?.provenance !== "unknown" || cell.provenance !== "unknown") return false;
  const name = (key: string): Label | undefined => layout.columns.find((c) => c.key === key)?.step?.title;
  const asked = ownQuestion(before.question?.en ?? "", name(before.step)?.en ?? "");
  return asked !== "" && asked === ownQuestion(cell.question?.en ?? "", name(cell.step)?.en ?? "");
}

/** A question without the name of its step in front: the column says it already. */
export function ownQuestion(question: string, name: string): string {
  if (name === "" || !question.startsWith(`${name}:`)) return question;
  const rest = question.slice(name.length + 1).trim();
  return rest.charAt(0).toUpperCase() + rest.slice(1);
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
