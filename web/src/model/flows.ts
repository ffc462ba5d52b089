/* What enters and leaves each stage, so that the ribbon conserves people. */

import type { Flow, JourneyMap, Stage } from "./document";
import { sum } from "./values";

export interface StageFlows {
  readonly stage: Stage;
  readonly index: number;
  readonly opening: number;
  readonly fromForward: readonly Flow[];
  readonly fromSkip: readonly Flow[];
  readonly fromBack: readonly Flow[];
  readonly fromNew: number;
  readonly fromReturned: number;
  readonly toBack: readonly Flow[];
  readonly toForward: readonly Flow[];
  readonly toSkip: readonly Flow[];
  readonly still: number;
  readonly left: number;
  /** Opening stock and arrivals; equals back + forward + skipped + still here + left. */
  readonly total: number;
  /** in − out: 0 unless the document does not add up. */
  readonly residual: number;
}

const moves = (flows: readonly Flow[]): number => sum(flows.map((flow) => flow.moves));

/** The next stage on the right that the data can see. */
function nextObserved(stages: readonly Stage[], index: number): number {
  for (let i = index + 1; i < stages.length; i += 1) {
    if (stages[i]?.observed) return i;
  }
  return -1;
}

/** Whether a flow runs to the neighbouring observed stage: drawn as a ribbon, not as an arc. */
export function isNeighbour(stages: readonly Stage[], flow: Flow): boolean {
  const source = stages.findIndex((stage) => stage.key === flow.source);
  const target = stages.findIndex((stage) => stage.key === flow.target);
  return source >= 0 && target > source && nextObserved(stages, source) === target;
}

export function stageFlows(map: JourneyMap): StageFlows[] {
  const flows = map.flows.filter((flow) => flow.moves > 0);
  return map.stages.map((stage, index) => {
    const into = flows.filter((flow) => flow.target === stage.key);
    const out = flows.filter((flow) => flow.source === stage.key);
    const ahead = (flow: Flow): boolean => flow.kind === "forward" || flow.kind === "skip";
    const total = stage.at_start + moves(into);
    return {
      stage,
      index,
      opening: stage.at_start,
      fromForward: into.filter((f) => ahead(f) && isNeighbour(map.stages, f)),
      fromSkip: into.filter((f) => ahead(f) && !isNeighbour(map.stages, f)),
      fromBack: into.filter((f) => f.kind === "back"),
      fromNew: moves(into.filter((f) => f.kind === "new")),
      fromReturned: moves(into.filter((f) => f.kind === "returned")),
      toBack: out.filter((f) => f.kind === "back"),
      toForward: out.filter((f) => ahead(f) && isNeighbour(map.stages, f)),
      toSkip: out.filter((f) => ahead(f) && !isNeighbour(map.stages, f)),
      still: stage.at_end,
      left: moves(out.filter((f) => f.kind === "left")),
      total,
      residual: total - moves(out) - stage.at_end,
    };
  });
}

export function totalOf(flows: readonly Flow[]): number {
  return moves(flows);
}
