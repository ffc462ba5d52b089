/* Back-moves and skips as arcs above the ribbon: width to scale, stacked so that none cross. */

import type { FlowKind } from "./document";
import { arch } from "./paths";
import { textWidth } from "./textWidth";

export interface ArcInput {
  readonly id: string;
  readonly kind: FlowKind;
  readonly source: number;
  readonly target: number;
  readonly moves: number;
  readonly label: string;
}

export interface Arc extends ArcInput {
  readonly width: number;
  readonly path: string;
  readonly arrow: { readonly x: number; readonly y: number };
  readonly labelX: number;
  readonly labelY: number;
}

export interface ArcPlan {
  readonly arcs: readonly Arc[];
  readonly height: number;
  /** Arcs too small to draw apart; they are in the table. */
  readonly folded: readonly ArcInput[];
}

/* With many arcs those hardly wider than a hair are folded; the table has them all. */
const MANY = 8;
const MAX_ARCS = 12;
const HAIR = 0.55;
const GAP = 11;
const LABEL_SIZE = 12;

interface Span {
  readonly arc: ArcInput;
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly level: number;
}

function placed(
  inputs: readonly ArcInput[], nodeX: readonly number[], scale: number,
): Span[] {
  const spans: Span[] = [];
  const ordered = [...inputs].sort(
    (a, b) =>
      Number(a.kind === "skip") - Number(b.kind === "skip") ||
      Math.abs(a.source - a.target) - Math.abs(b.source - b.target) ||
      b.moves - a.moves,
  );
  for (const arc of ordered) {
    const ends = [arc.source, arc.target].sort((a, b) => a - b);
    const left = nodeX[ends[0] ?? 0] ?? 0;
    const right = nodeX[ends[1] ?? 0] ?? 0;
    const under = spans.filter((s) => s.left < right - 1 && s.right > left + 1);
    const level = under.length === 0 ? 0 : Math.max(...under.map((s) => s.level)) + 1;
    spans.push({ arc, left, right, width: Math.max(1, arc.moves * scale), level });
  }
  return spans;
}

/* Each level is as high as its widest arc or its words. */
function levelOffsets(spans: readonly Span[]): number[] {
  const count = Math.max(-1, ...spans.map((s) => s.level)) + 1;
  const offsets: number[] = [];
  let height = 12;
  for (let level = 0; level < count; level += 1) {
    const widest = Math.max(...spans.filter((s) => s.level === level).map((s) => s.width));
    const room = Math.max(widest, 8);
    offsets.push(height + room / 2);
    height += room + GAP;
  }
  return offsets;
}

/** Where on the node's top each arc stands: arrivals left, departures right, outer arcs outside. */
function footing(spans: readonly Span[], node: number, nodeX: number): Map<string, number> {
  const ends = spans
    .filter((s) => s.arc.source === node || s.arc.target === node)
    .map((s) => ({ id: s.arc.id, toLeft: s.left < nodeX - 1, level: s.level }));
  const toLeft = ends.filter((e) => e.toLeft).sort((a, b) => b.level - a.level);
  const toRight = ends.filter((e) => !e.toLeft).sort((a, b) => a.level - b.level);
  const feet = new Map<string, number>();
  const centre = (toLeft.length - toRight.length) / 2;
  [...toLeft.reverse(), ...toRight].forEach((e, i) => {
    const slot = e.toLeft ? i - toLeft.length + 0.5 : i - toLeft.length + 0.5;
    feet.set(`${e.id}@${node}`, nodeX + slot * 5 - Math.max(-3, Math.min(3, centre)));
  });
  return feet;
}

export function planArcs(
  inputs: readonly ArcInput[], nodeX: readonly number[], scale: number, least: number,
): ArcPlan {
  const bySize = [...inputs].sort((a, b) => b.moves - a.moves);
  const drawn = bySize.filter((arc, i) => i < MANY || (i < MAX_ARCS && arc.moves * scale >= HAIR));
  const spans = placed(drawn, nodeX, scale);
  const offsets = levelOffsets(spans);
  const top = Math.max(0, ...spans.map((s) => (offsets[s.level] ?? 0) + s.width / 2 + 9));
  const height = Math.max(least, Math.ceil(top));
  const feet = new Map<string, number>();
  nodeX.forEach((x, node) => {
    for (const [key, value] of footing(spans, node, x)) feet.set(key, value);
  });
  const arcs = spans.map((span): Arc => {
    const x0 = feet.get(`${span.arc.id}@${span.arc.source}`) ?? span.left;
    const x1 = feet.get(`${span.arc.id}@${span.arc.target}`) ?? span.right;
    const y = height - (offsets[span.level] ?? 0);
    const labelX = (x0 + x1) / 2;
    return {
      ...span.arc,
      width: span.width,
      path: arch(x0, x1, height - 2, y, 8 + span.width / 2),
      arrow: { x: x1, y: height - 2 },
      labelX,
      labelY: y,
    };
  });
  return { arcs, height, folded: bySize.slice(drawn.length) };
}

/** Whether an arc's words fit between its legs. */
export function labelFits(arc: Arc): boolean {
  const room = 2 * Math.abs(arc.arrow.x - arc.labelX) - 20;
  return textWidth(arc.label, LABEL_SIZE) < room;
}
