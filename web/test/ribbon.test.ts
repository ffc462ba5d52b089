import { describe, expect, it } from "vitest";
import { columnRibbon } from "../src/model/column";
import { layoutColumns } from "../src/model/columns";
import type { Flow, JourneyMap } from "../src/model/document";
import { stageFlows, totalOf } from "../src/model/flows";
import { createFormat } from "../src/model/format";
import { inOut } from "../src/model/inout";
import { placeLabels } from "../src/model/labels";
import { layoutRibbon, NODE_WIDTH, trace } from "../src/model/ribbon";
import { sum } from "../src/model/values";
import { WORDS } from "../src/text";
import { mealkit, withParts } from "./fixture";

const words = (flow: Flow): string => String(flow.moves);
const ribbonOf = (map: JourneyMap, room = 1200) => {
  const layout = layoutColumns(map, room, "journey");
  return { layout, ribbon: layoutRibbon(map, layout, words) };
};

/* A map with any flows between five stages, for laws that must hold on every map. */
function random(seed: number): JourneyMap {
  let state = seed;
  const next = (top: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % top;
  };
  const keys = mealkit.stages.map((s) => s.key);
  const flows: Flow[] = [];
  keys.forEach((source, i) => {
    flows.push({ source: null, target: source, kind: "new", moves: next(900) });
    flows.push({ source, target: null, kind: "left", moves: next(300) });
    keys.forEach((target, j) => {
      if (i === j) return;
      const kind = j < i ? "back" : j === i + 1 ? "forward" : "skip";
      flows.push({ source, target, kind, moves: next(4) === 0 ? 0 : next(200) });
    });
  });
  const stages = mealkit.stages.map((stage) => {
    const entered = sum(flows.filter((f) => f.target === stage.key).map((f) => f.moves));
    const left = sum(flows.filter((f) => f.source === stage.key).map((f) => f.moves));
    const start = Math.max(0, left - entered) + next(50);
    return { ...stage, at_start: start, entered, left, at_end: start + entered - left };
  });
  return withParts({ stages, flows });
}

const maps = [mealkit, ...Array.from({ length: 30 }, (_, i) => random(i + 1))];

describe("flows", () => {
  it("adds up at every stage of every map", () => {
    for (const map of maps) {
      for (const f of stageFlows(map)) {
        expect(f.residual).toBe(0);
        expect(totalOf(f.toBack) + totalOf(f.toForward) + totalOf(f.toSkip) + f.still + f.left).toBe(f.total);
      }
    }
  });
  it("says when a document does not add up", () => {
    const broken = withParts({ stages: mealkit.stages.map((s, i) => (i === 0 ? { ...s, at_end: 1 } : s)) });
    expect(stageFlows(broken)[0]?.residual).toBe(9121);
  });
  it("runs past a stage that no event speaks of as a ribbon, not an arc", () => {
    const blind = withParts({
      stages: mealkit.stages.map((s) => (s.key === "consideration" ? { ...s, observed: false } : s)),
      flows: [{ source: "awareness", target: "conversion", kind: "skip", moves: 640 }],
    });
    expect(totalOf(stageFlows(blind)[0]?.toForward ?? [])).toBe(640);
  });
  it("shows equal sums in and out", () => {
    stageFlows(mealkit).forEach((f) => {
      const both = inOut(f, mealkit, WORDS.en, "en");
      expect(sum(both.into.map((w) => w.moves))).toBe(sum(both.out.map((w) => w.moves)));
    });
  });
});

describe("ribbon", () => {
  it("draws everything on one linear scale", () => {
    for (const map of maps) {
      const { ribbon } = ribbonOf(map);
      for (const mark of ribbon.marks) {
        expect(mark.height).toBeCloseTo(Math.max(0.9, mark.moves * ribbon.scale), 6);
      }
      for (const arc of ribbon.arcs.arcs) expect(arc.width).toBeCloseTo(Math.max(1, arc.moves * ribbon.scale), 6);
    }
  });
  it("never draws more people out of a node than came in", () => {
    for (const map of maps) {
      const { ribbon } = ribbonOf(map);
      for (const node of ribbon.nodes) {
        const out = ribbon.marks.filter((m) => m.index === node.index && ["forward", "still", "left"].includes(m.kind));
        const bottoms = out.map((m) => m.y + m.moves * ribbon.scale);
        expect(Math.max(0, ...bottoms)).toBeLessThanOrEqual(node.y + node.height + 0.01);
        const spans = out.map((m) => [m.y, m.y + m.moves * ribbon.scale] as const).sort((a, b) => a[0] - b[0]);
        spans.slice(1).forEach((s, i) => expect(s[0]).toBeGreaterThanOrEqual((spans[i]?.[1] ?? 0) - 0.01));
      }
    }
  });
  it("starts each ribbon at its node and ends it at the next", () => {
    const { ribbon } = ribbonOf(mealkit);
    for (const mark of ribbon.marks.filter((m) => m.kind === "forward")) {
      expect(mark.x).toBe((ribbon.nodes.find((n) => n.index === mark.index)?.x ?? 0) + NODE_WIDTH);
      expect(mark.endX).toBe(ribbon.nodes.find((n) => n.index === mark.target)?.x);
    }
  });
  it("stacks arcs so that two over the same place are on different levels", () => {
    for (const map of maps) {
      const { arcs } = ribbonOf(map).ribbon.arcs;
      for (const a of arcs) {
        for (const b of arcs) {
          if (a.id >= b.id) continue;
          const [la, ra] = [Math.min(a.source, a.target), Math.max(a.source, a.target)];
          const [lb, rb] = [Math.min(b.source, b.target), Math.max(b.source, b.target)];
          if (la < rb && lb < ra) expect(Math.abs(a.labelY - b.labelY)).toBeGreaterThan((a.width + b.width) / 2);
        }
      }
    }
  });
  it("loses no arc: those not drawn are told apart", () => {
    for (const map of maps) {
      const { arcs, folded } = ribbonOf(map).ribbon.arcs;
      const expected = stageFlows(map).flatMap((f) => [...f.toBack, ...f.toSkip]).length;
      expect(arcs.length + folded.length).toBe(expected);
    }
  });
  it("lights what is up- and downstream", () => {
    const { ribbon } = ribbonOf(mealkit);
    expect([...trace(ribbon, "forward:1")].sort()).toEqual(
      ["forward:0", "forward:1", "forward:2", "forward:3", "new:0"]);
    expect(trace(ribbon, "left:2").has("forward:3")).toBe(false);
  });
  it("is empty, not broken, without people", () => {
    const empty = withParts({
      flows: [], stages: mealkit.stages.map((s) => ({ ...s, at_start: 0, entered: 0, left: 0, at_end: 0 })),
    });
    expect(ribbonOf(empty).ribbon.marks).toEqual([]);
    expect(ribbonOf(withParts({ flows: [], stages: [], steps: [], cells: [] })).ribbon.nodes).toEqual([]);
  });
});

describe("labels", () => {
  it("cover each other on no map", () => {
    for (const map of maps) {
      for (const lang of ["en", "ko"] as const) {
        const { layout, ribbon } = ribbonOf(map);
        const edges = new Map(layout.stages.map((s) => [s.index, s.x]));
        const placed = placeLabels({
          ribbon, words: WORDS[lang], format: createFormat(lang, "UTC"), boundary: (i) => edges.get(i) ?? 0,
        });
        expect(new Set(placed.map((l) => `${l.kind}${l.id}`)).size).toBe(placed.length);
        const pills = placed.filter((l) => l.kind === "pill");
        expect(pills.length).toBe(ribbon.marks.filter((m) => m.kind === "forward").length);
        for (const label of placed) expect(label.y).toBeLessThan(ribbon.height + 4);
      }
    }
  });
});

describe("vertical ribbon", () => {
  it("conserves people from left to right", () => {
    for (const map of maps) {
      for (const stage of columnRibbon(map, 53)) {
        const width = sum(stage.strands.map((s) => (s.width > 0.9 ? s.width : 0)));
        expect(width).toBeLessThanOrEqual(stage.width + 0.01);
        expect(sum(stage.strands.map((s) => s.moves))).toBe(stage.total);
      }
    }
  });
});
