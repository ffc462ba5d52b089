/* Where each step and stage stands on the page, in pixels: every row of the map shares this. */

import type { JourneyMap, Stage, Step } from "./document";

export type Zoom = "overview" | "journey" | "stage";

export interface Column {
  /** Step key, or `stage:KEY` for a stage no step is bound to. */
  readonly key: string;
  readonly stage: string;
  readonly step: Step | null;
  readonly x: number;
  readonly width: number;
}

export interface StageSpan {
  readonly stage: Stage;
  /** Position among all stages of the map, from 0: decides hue and numeral. */
  readonly index: number;
  readonly x: number;
  readonly width: number;
  /** First column and how many. */
  readonly first: number;
  readonly count: number;
}

export interface Columns {
  readonly columns: readonly Column[];
  readonly stages: readonly StageSpan[];
  readonly width: number;
}

interface Limits {
  readonly min: number;
  readonly max: number;
  readonly stage: number;
}

export const LABEL_WIDTH = 120;
const LIMITS: Record<Zoom, Limits> = {
  overview: { min: 24, max: 168, stage: 208 },
  journey: { min: 112, max: 168, stage: 232 },
  stage: { min: 280, max: 420, stage: 560 },
};

/* A stage that no event speaks of needs room for its question only. */
const UNBOUND = 168;

interface Group {
  readonly stage: Stage;
  readonly index: number;
  readonly steps: readonly Step[];
}

function groupSteps(map: JourneyMap, only: readonly string[] | null): Group[] {
  return map.stages
    .map((stage, index) => ({
      stage,
      index,
      steps: map.steps.filter((step) => step.stage === stage.key),
    }))
    .filter((group) => only === null || only.includes(group.stage.key));
}

/** Widths of the groups' columns: ideal where there is room, never under the minimum. */
function columnWidths(groups: readonly Group[], room: number, limits: Limits): number[] {
  const counts = groups.map((group) => Math.max(1, group.steps.length));
  const floors = groups.map((group, i) => {
    const least = group.stage.observed || group.steps.length > 0 ? limits.stage : UNBOUND;
    return Math.max(limits.min, least / (counts[i] ?? 1));
  });
  const needed = counts.reduce((total, count, i) => total + count * (floors[i] ?? 0), 0);
  if (needed >= room) return floors.map(Math.floor);
  return stretch(counts, floors, room, needed);
}

/* Give spare room to the narrowest columns first, so that all end as alike as they can be. */
function stretch(counts: number[], floors: number[], room: number, needed: number): number[] {
  const widths = [...floors];
  let spare = room - needed;
  for (;;) {
    const low = Math.min(...widths);
    const narrow = widths.map((w, i) => (w <= low + 0.01 ? i : -1)).filter((i) => i >= 0);
    const next = Math.min(...widths.filter((w) => w > low + 0.01));
    const share = narrow.reduce((total, i) => total + (counts[i] ?? 0), 0);
    const step = Math.min(Number.isFinite(next) ? next - low : Infinity, spare / share);
    for (const i of narrow) widths[i] = low + step;
    spare -= step * share;
    if (spare < 0.5 || !Number.isFinite(next)) return widths.map(Math.floor);
  }
}

/**
 * Lay out the columns of the map (or of the stages named in `only`) in `available` pixels.
 * With few steps the columns grow past their usual maximum to fill the page.
 */
export function layoutColumns(
  map: JourneyMap, available: number, zoom: Zoom, only: readonly string[] | null = null,
): Columns {
  const groups = groupSteps(map, only);
  const widths = columnWidths(groups, available, LIMITS[zoom]);
  const columns: Column[] = [];
  const stages: StageSpan[] = [];
  let x = 0;
  groups.forEach((group, i) => {
    const start = x;
    const first = columns.length;
    const width = widths[i] ?? LIMITS[zoom].min;
    const steps = group.steps.length > 0 ? group.steps : [null];
    for (const step of steps) {
      columns.push({
        key: step?.key ?? `stage:${group.stage.key}`, stage: group.stage.key, step, x, width,
      });
      x += width;
    }
    const { stage, index } = group;
    stages.push({ stage, index, x: start, width: x - start, first, count: steps.length });
  });
  return { columns, stages, width: x };
}

/** The columns that meet [left, right], with one screen's margin on both sides. */
export function visibleColumns(
  layout: Columns, left: number, right: number,
): readonly [first: number, end: number] {
  const margin = right - left;
  const first = layout.columns.findIndex((c) => c.x + c.width >= left - margin);
  const past = layout.columns.findIndex((c) => c.x > right + margin);
  return [Math.max(0, first), past < 0 ? layout.columns.length : past];
}
