/* The shapes of the ribbon: each way in and out of a node, as high as its people. */

import type { StageSpan } from "./columns";
import { type StageFlows, totalOf } from "./flows";
import { band, edge, leak } from "./paths";

export const NODE_WIDTH = 6;
export const LEAST = 0.9;
const STAY_LENGTH = 98;

export interface RibbonNode {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly total: number;
  readonly openingHeight: number;
  readonly opening: number;
}

export type MarkKind = "forward" | "still" | "left" | "new" | "returned";

export interface Mark {
  readonly id: string;
  readonly kind: MarkKind;
  /** Stage whose hue the mark has. */
  readonly index: number;
  /** Stage a forward ribbon runs to, else −1. */
  readonly target: number;
  readonly moves: number;
  readonly share: number;
  readonly path: string;
  readonly edges: readonly string[];
  readonly height: number;
  /** Start of the mark at its node, and its far end. */
  readonly x: number;
  readonly y: number;
  readonly endX: number;
  readonly endY: number;
}

export interface Frame {
  readonly scale: number;
  readonly top: number;
  readonly baseY: number;
  readonly nodes: ReadonlyMap<number, RibbonNode>;
  readonly spans: ReadonlyMap<number, StageSpan>;
}

const tall = (moves: number, scale: number): number => Math.max(LEAST, moves * scale);

/** How far down the node's right side each way out begins. */
function outOffsets(flows: StageFlows, scale: number): Record<"forward" | "still" | "left", number> {
  const above = totalOf(flows.toBack) * scale;
  const forward = totalOf(flows.toForward) * scale;
  const skipped = totalOf(flows.toSkip) * scale;
  /* A broad skip stands on top of the node under its arc; a thin one keeps its place below. */
  const lifted = skipped > 6;
  const start = above + (lifted ? skipped : 0);
  return {
    forward: start,
    still: above + forward + skipped,
    left: above + forward + skipped + flows.still * scale,
  };
}

/** How far down the node's left side the arrivals begin. */
function inOffsets(flows: StageFlows, scale: number): { forward: number; outside: number } {
  const skipped = totalOf(flows.fromSkip) * scale;
  const lifted = skipped > 6;
  const forward = totalOf(flows.fromForward) * scale;
  const back = totalOf(flows.fromBack) * scale;
  return { forward: lifted ? skipped : 0, outside: forward + skipped + back };
}

export function forwardMarks(flows: StageFlows, all: readonly StageFlows[], frame: Frame): Mark[] {
  return flows.toForward.flatMap((flow): Mark[] => {
    const target = all.find((other) => other.stage.key === flow.target);
    const from = frame.nodes.get(flows.index);
    const to = target && frame.nodes.get(target.index);
    const height = tall(flow.moves, frame.scale);
    const y0 = frame.top + outOffsets(flows, frame.scale).forward;
    const y1 = frame.top + (target ? inOffsets(target, frame.scale).forward : 0);
    const start = from ? from.x + NODE_WIDTH : 0;
    const end = to ? to.x : frameEnd(frame);
    if (!target || (!from && !to)) return [];
    const a = { x: start, y: y0 };
    const b = { x: end, y: y1 };
    return [{
      id: `forward:${flows.index}`, kind: "forward", index: flows.index, target: target.index,
      moves: flow.moves, share: flow.moves / Math.max(1, flows.total), height,
      path: band(a, b, height, height),
      edges: [edge(a, b), edge({ x: start, y: y0 + height }, { x: end, y: y1 + height })],
      x: start, y: y0, endX: end, endY: y1 + height / 2,
    }];
  });
}

function frameEnd(frame: Frame): number {
  return Math.max(0, ...[...frame.spans.values()].map((span) => span.x + span.width));
}

export function stayMark(flows: StageFlows, frame: Frame): Mark[] {
  const node = frame.nodes.get(flows.index);
  const span = frame.spans.get(flows.index);
  if (!node || !span || flows.still <= 0) return [];
  const height = tall(flows.still, frame.scale);
  const offsets = outOffsets(flows, frame.scale);
  const y0 = frame.top + offsets.still;
  const alone = flows.toForward.length === 0;
  const drop = alone ? 0 : Math.min(7, 3 + height / 4);
  const start = node.x + NODE_WIDTH;
  const end = Math.min(start + STAY_LENGTH, span.x + span.width - 44);
  return [{
    id: `still:${flows.index}`, kind: "still", index: flows.index, target: -1,
    moves: flows.still, share: flows.still / Math.max(1, flows.total), height,
    path: band({ x: start, y: y0 }, { x: end, y: y0 + drop }, height, height), edges: [],
    x: start, y: y0, endX: end, endY: y0 + drop + height / 2,
  }];
}

export function leftMark(flows: StageFlows, frame: Frame): Mark[] {
  const node = frame.nodes.get(flows.index);
  const span = frame.spans.get(flows.index);
  if (!node || !span || flows.left <= 0) return [];
  const height = tall(flows.left, frame.scale);
  const y0 = frame.top + outOffsets(flows, frame.scale).left;
  const start = node.x + NODE_WIDTH;
  const room = span.x + span.width - start - height - 8;
  const base = start + Math.max(6, Math.min(26, room));
  return [{
    id: `left:${flows.index}`, kind: "left", index: flows.index, target: -1,
    moves: flows.left, share: flows.left / Math.max(1, flows.total), height,
    path: leak({ x: start, y: y0 }, height, base, frame.baseY), edges: [],
    x: start, y: y0, endX: base, endY: frame.baseY,
  }];
}

export function outsideMarks(flows: StageFlows, frame: Frame): Mark[] {
  const node = frame.nodes.get(flows.index);
  const span = frame.spans.get(flows.index);
  if (!node || !span) return [];
  const marks: Mark[] = [];
  let y = frame.top + inOffsets(flows, frame.scale).outside;
  const ways = [["new", flows.fromNew], ["returned", flows.fromReturned]] as const;
  for (const [kind, moves] of ways) {
    if (moves <= 0) continue;
    const height = tall(moves, frame.scale);
    const a = { x: span.x, y };
    const b = { x: node.x, y };
    marks.push({
      id: `${kind}:${flows.index}`, kind, index: flows.index, target: -1, moves,
      share: moves / Math.max(1, flows.total), height, path: band(a, b, height, height), edges: [],
      x: span.x, y, endX: node.x, endY: y + height / 2,
    });
    y += height;
  }
  return marks;
}
