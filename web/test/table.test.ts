import { describe, expect, it } from "vitest";
import { csvCell, toCsv } from "../src/model/csv";
import { createFormat } from "../src/model/format";
import { stageFlows } from "../src/model/flows";
import { tables } from "../src/model/table";
import { WORDS } from "../src/text";
import { en } from "../src/text/en";
import { ko } from "../src/text/ko";
import { unbroken } from "../src/model/values";
import { mealkit, withParts } from "./fixture";

const ask = { map: mealkit, words: WORDS.en, format: createFormat("en", "Asia/Seoul") };

describe("table twin", () => {
  it("holds every flow, stage, step and cell", () => {
    const [flows, stages, steps, cells] = tables(ask);
    expect(flows!.rows.length).toBe(mealkit.flows.length + 10);
    expect(stages!.rows.length).toBe(mealkit.stages.length);
    expect(steps!.rows.length).toBe(mealkit.steps.length);
    const shown = new Set(cells!.rows.map((r) => `${r[0]}/${r[1]}`));
    expect(shown.size).toBe(mealkit.cells.length);
  });
  it("has the people of the picture", () => {
    const flows = tables(ask)[0]!;
    for (const f of stageFlows(mealkit)) {
      const name = f.stage.title.en;
      const out = flows.rows.filter((r) => r[0] === name && r[2] !== "here at the start");
      expect(out.reduce((all, r) => all + Number(r[3]), 0)).toBe(f.total);
    }
  });
  it("has as many keys as rows and cells as heads", () => {
    for (const table of tables(ask)) {
      expect(table.keys.length).toBe(table.rows.length);
      for (const row of table.rows) expect(row.length).toBe(table.head.length);
    }
  });
});

describe("CSV", () => {
  it("disarms what a spreadsheet would run", () => {
    expect(["=1+1", "+a", "-a", "@x", "\tx", "a"].map(csvCell)).toEqual(["'=1+1", "'+a", "'-a", "'@x", "'\tx", "a"]);
    expect(csvCell(-5)).toBe("-5");
    expect(csvCell('=HYPERLINK("x","y")')).toBe('"\'=HYPERLINK(""x"",""y"")"');
    expect(csvCell("a,b")).toBe('"a,b"');
    expect(csvCell(null)).toBe("");
  });
  it("disarms event names in the real tables", () => {
    const hostile = withParts({ steps: mealkit.steps.map((s) => ({ ...s, events: ["=cmd|' /C calc'!A0"] })) });
    const text = toCsv(tables({ ...ask, map: hostile })[2]!);
    expect(text).toContain("'=cmd");
    expect(text).not.toMatch(/(^|,)"?=cmd/m);
    expect(text.startsWith("\ufeff")).toBe(true);
  });
});

describe("labels", () => {
  it("keep a unit beside its number", () => {
    expect(unbroken("over 9.8 d, 27 % and 38 min")).toBe("over 9.8\u00a0d, 27\u00a0% and 38\u00a0min");
    expect(unbroken("2 days of 3 dogs")).toBe("2 days of 3 dogs");
  });
});

describe("words", () => {
  const keys = (value: unknown, path = ""): string[] =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value).flatMap(([k, v]) => keys(v, `${path}.${k}`)) : [path];
  it("are all there in both languages", () => {
    const ours = (words: object): string[] => keys(words).filter((k) => !k.startsWith(".reasons"));
    expect(ours(ko)).toEqual(expect.arrayContaining(ours(en)));
    expect(ours(en)).toEqual(expect.arrayContaining(ours(ko)));
  });
  it("say no 하십시오체 and no exclamation marks", () => {
    const text = JSON.stringify(ko, (_, v: unknown) => (typeof v === "function" ? String(v) : v));
    expect(text).not.toMatch(/습니다|하십시오|되어집/);
    expect(JSON.stringify(en)).not.toContain("!");
  });
});
