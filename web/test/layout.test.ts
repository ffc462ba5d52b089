import { describe, expect, it } from "vitest";
import { cellsByLane, completeness, laneSlots, shownLanes, stakeScale } from "../src/model/cells";
import { layoutColumns, visibleColumns } from "../src/model/columns";
import { feelingCurve, yOf } from "../src/model/feelings";
import { type GridRow, moveInGrid } from "../src/model/grid";
import { sheetWidth, splitSheets } from "../src/model/sheets";
import { hue, repeated } from "../src/model/stageHue";
import { survivalShape } from "../src/model/survival";
import { mealkit, withParts } from "./fixture";

const first = mealkit.steps[0];
const long = withParts({
  steps: Array.from({ length: 300 }, (_, i) => ({ ...first!, key: `s${i}`, stage: mealkit.stages[i % 5]!.key })),
});

describe("columns", () => {
  it("fill the room and keep order", () => {
    const layout = layoutColumns(mealkit, 1320, "journey");
    expect(layout.width).toBeLessThanOrEqual(1320);
    expect(layout.width).toBeGreaterThan(1300);
    expect(layout.columns.map((c) => c.key)).toEqual(mealkit.steps.map((s) => s.key));
    expect(layout.stages.map((s) => s.count)).toEqual([2, 2, 2, 2, 2]);
  });
  it("never get narrower than their least width", () => {
    for (const zoom of ["overview", "journey", "stage"] as const) {
      const least = { overview: 24, journey: 112, stage: 280 }[zoom];
      const layout = layoutColumns(long, 500, zoom);
      expect(Math.min(...layout.columns.map((c) => c.width))).toBeGreaterThanOrEqual(least);
    }
  });
  it("give a stage without steps a column of its own", () => {
    const layout = layoutColumns(withParts({ steps: mealkit.steps.slice(2) }), 1320, "journey");
    expect(layout.columns[0]).toMatchObject({ key: "stage:awareness", step: null });
  });
  it("draw only what is near the screen on a wide map", () => {
    const layout = layoutColumns(long, 1320, "journey");
    const [from, to] = visibleColumns(layout, 5000, 6320);
    expect(to - from).toBeLessThan(40);
    expect(layout.columns[from]!.x).toBeLessThanOrEqual(5000);
    expect(layout.columns[to - 1]!.x).toBeGreaterThanOrEqual(6320 - 112);
  });
});

describe("cells", () => {
  it("cover every column once, spans included", () => {
    const layout = layoutColumns(mealkit, 1320, "journey");
    const cells = cellsByLane(mealkit);
    for (const lane of shownLanes(mealkit, cells)) {
      const slots = laneSlots(layout, cells.get(lane.key));
      expect(slots.reduce((n, s) => n + s.count, 0)).toBe(layout.columns.length);
    }
  });
  it("count completeness as measured and partly over all", () => {
    const { counts, share, total } = completeness(mealkit);
    expect(share).toBeCloseTo((counts.measured + counts.partly) / total);
    expect(completeness(withParts({ cells: [] })).share).toBeNull();
  });
  it("scale stakes by unit", () => {
    expect(stakeScale(mealkit, "money")).toBe(104_000_000);
    expect(stakeScale(mealkit, "people")).toBe(1);
  });
});

describe("feelings", () => {
  const layout = layoutColumns(mealkit, 1320, "journey");
  const axis = { height: 136, top: 24, bottom: 24 };
  const cells = cellsByLane(mealkit).get("feelings")!;
  it("draw no line through a gap and dashes to what is assumed", () => {
    const curve = feelingCurve(cells, layout, axis);
    expect(curve.lines.length).toBe(1);
    expect(curve.dashes.length).toBe(1);
    expect(curve.points.length).toBe(8);
  });
  it("stay on the axis", () => {
    expect(yOf(2, axis)).toBe(24);
    expect(yOf(-2, axis)).toBe(112);
  });
});

describe("keyboard grid", () => {
  const rows: GridRow[] = [
    { key: "stages", spans: [[0, 2], [2, 3]] },
    { key: "ribbon", spans: [[0, 5]] },
    { key: "steps", spans: [[0, 1], [1, 1], [2, 1], [3, 1], [4, 1]] },
  ];
  it("moves by cells and keeps the column through wide ones", () => {
    let place = { row: 2, column: 3 };
    place = moveInGrid(rows, place, "ArrowUp");
    place = moveInGrid(rows, place, "ArrowUp");
    expect(place).toEqual({ row: 0, column: 3 });
    place = moveInGrid(rows, moveInGrid(rows, place, "ArrowDown"), "ArrowDown");
    expect(place).toEqual({ row: 2, column: 3 });
    expect(moveInGrid(rows, { row: 0, column: 0 }, "ArrowRight")).toEqual({ row: 0, column: 2 });
  });
  it("stops at the edges", () => {
    expect(moveInGrid(rows, { row: 0, column: 0 }, "ArrowLeft")).toEqual({ row: 0, column: 0 });
    expect(moveInGrid(rows, { row: 2, column: 4 }, "ArrowDown")).toEqual({ row: 2, column: 4 });
    expect(moveInGrid(rows, { row: 2, column: 1 }, "End")).toEqual({ row: 2, column: 4 });
    expect(moveInGrid(rows, { row: 2, column: 4 }, "Home")).toEqual({ row: 2, column: 0 });
    expect(moveInGrid(rows, { row: 0, column: 0 }, "BottomRight")).toEqual({ row: 2, column: 4 });
  });
});

describe("sheets", () => {
  it("hold every stage once, in order", () => {
    for (const map of [mealkit, long]) {
      expect(splitSheets(map, 1389).flat()).toEqual(map.stages.map((s) => s.key));
    }
  });
  it("stay one where a little smaller type is enough", () => {
    expect(splitSheets(mealkit, 1389)).toHaveLength(1);
    expect(splitSheets(mealkit, 960)).toHaveLength(1);
    expect(splitSheets(mealkit, 700)).toHaveLength(2);
  });
  it("are filled alike", () => {
    const widths = splitSheets(mealkit, 500).map((only) => sheetWidth(mealkit, only));
    expect(Math.max(...widths)).toBeLessThanOrEqual(500);
  });
});

it("repeats hues after five stages and marks them", () => {
  expect([0, 4, 5, 9].map(hue)).toEqual([1, 5, 1, 5]);
  expect([4, 5].map(repeated)).toEqual([false, true]);
});

it("draws no median where the curve stays above one half", () => {
  const stays = mealkit.stages.map((s) => s.sojourn);
  const [known, open] = [stays[0], stays[4]];
  if (!known || !open || "not_estimable" in known || "not_estimable" in open) throw new Error("fixture");
  expect(survivalShape(known, 64, 34)?.median).not.toBeNull();
  expect(survivalShape(open, 64, 34)?.median).toBeNull();
  expect(survivalShape({ ...open, curve: [] }, 64, 34)).toBeNull();
});

describe("questions", () => {
  const asked = (question: string): (typeof mealkit)["cells"] => mealkit.steps.map((step) => ({
    ...mealkit.cells[0]!, lane: "sources", step: step.key, span: 1, provenance: "unknown" as const, text: null, items: [],
    question: { en: question.replace("NAME", step.title.en), ko: "" },
  }));
  const slotsOf = (question: string) => {
    const map = withParts({ cells: asked(question) });
    return laneSlots(layoutColumns(map, 1320, "journey"), cellsByLane(map).get("sources"));
  };
  it("that are the same within a stage are asked once", () => {
    expect(slotsOf("NAME: where do they come from?").map((s) => s.count)).toEqual([2, 2, 2, 2, 2]);
  });
  it("that differ stay apart", () => {
    expect(slotsOf("What do they need at NAME?").map((s) => s.count)).toEqual(Array(10).fill(1));
  });
});
