/* The ribbon's geometry: one linear scale, every person drawn once on each side of a node. */

import { type ArcInput, type ArcPlan, planArcs } from "./arcs";
import type { Columns, StageSpan } from "./columns";
import type { Flow, JourneyMap } from "./document";
import { type StageFlows, stageFlows } from "./flows";
import {
  forwardMarks, type Frame, LEAST, leftMark, type Mark, NODE_WIDTH, outsideMarks, type RibbonNode, stayMark,
} from "./marks";

export { type Mark, NODE_WIDTH, type RibbonNode };
const BAND_HEIGHT = 110;
const ARCS_HEIGHT = 56;
const FOOT_HEIGHT = 26;

export interface Ribbon {
  readonly nodes: readonly RibbonNode[];
  readonly marks: readonly Mark[];
  readonly arcs: ArcPlan;
  readonly height: number;
  readonly bandTop: number;
  readonly baseY: number;
  /** Pixels a person. */
  readonly scale: number;
  readonly flows: readonly StageFlows[];
}

export type ArcWords = (flow: Flow) => string;

export function nodeOffset(flows: StageFlows, isFirst: boolean): number {
  const outside = flows.fromNew + flows.fromReturned;
  if (isFirst && outside > 0) return 90;
  return outside > 0 ? 76 : 34;
}

function nodeFor(flows: StageFlows, span: StageSpan, scale: number, top: number): RibbonNode {
  const first = flows.fromForward.length === 0 && flows.fromSkip.length === 0;
  return {
    index: flows.index,
    x: span.x + Math.min(nodeOffset(flows, first), span.width * 0.42),
    y: top,
    height: Math.max(flows.total > 0 ? LEAST : 0, flows.total * scale),
    total: flows.total,
    openingHeight: flows.opening * scale,
    opening: flows.opening,
  };
}

function arcInputs(map: JourneyMap, flows: readonly StageFlows[], words: ArcWords): ArcInput[] {
  const place = (key: string | null): number => map.stages.findIndex((s) => s.key === key);
  return flows.flatMap((stage) =>
    [...stage.toBack, ...stage.toSkip].map((flow) => ({
      id: `arc:${flow.source ?? ""}:${flow.target ?? ""}`,
      kind: flow.kind === "back" ? "back" as const : "skip" as const,
      source: stage.index, target: place(flow.target), moves: flow.moves, label: words(flow),
    })),
  );
}

/** Lay out the ribbon over the stages of `layout`; its scale is that of the whole map. */
export function layoutRibbon(
  map: JourneyMap, layout: Columns, words: ArcWords, bandHeight = BAND_HEIGHT,
): Ribbon {
  const flows = stageFlows(map);
  const scale = bandHeight / Math.max(1, ...flows.map((f) => f.total));
  const spans = new Map(layout.stages.map((span) => [span.index, span]));
  const shown = flows.filter((f) => spans.has(f.index));
  const xs = flows.map((f) => {
    const span = spans.get(f.index);
    return span ? nodeFor(f, span, scale, 0).x + NODE_WIDTH / 2 : Number.NaN;
  });
  const drawn = arcInputs(map, flows, words).filter(
    (arc) => Number.isFinite(xs[arc.source]) && Number.isFinite(xs[arc.target]),
  );
  const arcs = planArcs(drawn, xs, scale, ARCS_HEIGHT);
  const top = arcs.height;
  const nodes = new Map(
    shown.flatMap((f) => {
      const span = spans.get(f.index);
      return span && f.total > 0 ? [[f.index, nodeFor(f, span, scale, top)] as const] : [];
    }),
  );
  const baseY = top + bandHeight + 4;
  const frame: Frame = { scale, top, baseY, nodes, spans };
  const marks = [
    ...shown.flatMap((f) => leftMark(f, frame)),
    ...shown.flatMap((f) => outsideMarks(f, frame)),
    ...shown.flatMap((f) => stayMark(f, frame)),
    ...flows.flatMap((f) => forwardMarks(f, flows, frame)),
  ];
  return {
    nodes: [...nodes.values()], marks, arcs, bandTop: top, baseY, scale, flows,
    height: baseY + FOOT_HEIGHT - 4,
  };
}

/** Everything up- and downstream of a mark or a stage, for the highlight. */
export function trace(ribbon: Ribbon, id: string): ReadonlySet<string> {
  const lit = new Set<string>([id]);
  const start = Number(id.split(":")[1]);
  if (id.startsWith("arc:") || Number.isNaN(start)) return lit;
  const forward = ribbon.marks.filter((m) => m.kind === "forward");
  let here = start;
  for (const mark of [...forward].reverse()) {
    if (mark.target === here) {
      lit.add(mark.id);
      here = mark.index;
    }
  }
  const origin = ribbon.marks.find((m) => m.kind === "new" && m.index === here);
  if (origin) lit.add(origin.id);
  if (id.startsWith("forward") || id.startsWith("new") || id.startsWith("returned")) {
    here = start;
    for (const mark of forward) {
      if (mark.index === here) {
        lit.add(mark.id);
        here = mark.target;
      }
    }
  }
  return lit;
}
