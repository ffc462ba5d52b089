/* The map's table twin: every figure once, in the order of the picture. */

import type { Words } from "../text/words";
import type { Cell, Item, JourneyMap, Lane, NotEstimable, Estimate, Stage } from "./document";
import type { Format } from "./format";
import { isEstimate, isStake, say } from "./values";

export type Value = string | number | null;

export interface Table {
  readonly id: "flows" | "stages" | "steps" | "cells";
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** Columns that hold shares, shown as percents and kept as fractions in the CSV. */
  readonly shares: ReadonlySet<number>;
  /** Key of the stage or step each row speaks of. */
  readonly keys: readonly string[];
}

interface Ask {
  readonly map: JourneyMap;
  readonly words: Words;
  readonly format: Format;
}

const title = (stages: readonly Stage[], key: string | null, ask: Ask): string => {
  const stage = stages.find((s) => s.key === key);
  return stage ? say(stage.title, ask.format.lang) : ask.words.outside;
};

function interval(value: Estimate | NotEstimable | null): Value[] {
  return isEstimate(value) ? [value.value, value.low, value.high, value.n] : [null, null, null, null];
}

export function flowTable(ask: Ask): Table {
  const { map, words } = ask;
  const { stages } = map;
  const total = (key: string | null): number =>
    map.flows.filter((f) => f.target === key).reduce((all, f) => all + f.moves, stages.find((s) => s.key === key)?.at_start ?? 0);
  const moves = map.flows.map((flow) => [
    title(stages, flow.source, ask), title(stages, flow.target, ask), words.flowKinds[flow.kind], flow.moves,
    flow.source ? flow.moves / Math.max(1, total(flow.source)) : null,
  ]);
  const stays = stages.filter((s) => s.at_end > 0).map((s) => [
    title(stages, s.key, ask), title(stages, s.key, ask), words.flowKinds.still, s.at_end, s.at_end / Math.max(1, total(s.key)),
  ]);
  const stocks = stages.filter((s) => s.at_start > 0).map((s) => [
    title(stages, s.key, ask), title(stages, s.key, ask), words.flowKinds.opening, s.at_start, null,
  ]);
  return {
    id: "flows", title: words.tableFlows, shares: new Set([4]),
    head: [words.from, words.to, words.kindOfMove, words.moves, words.ofStage],
    rows: [...stocks, ...moves, ...stays],
    keys: [...stages.filter((s) => s.at_start > 0).map((s) => s.key), ...map.flows.map((f) => f.source ?? f.target ?? ""),
      ...stages.filter((s) => s.at_end > 0).map((s) => s.key)],
  };
}

function stageRow(stage: Stage, { words, format }: Ask): Value[] {
  const sojourn = stage.sojourn;
  const median = "not_estimable" in sojourn ? sojourn : sojourn.median_days;
  const beyond = "not_estimable" in sojourn || isEstimate(median) ? "" : `>${format.duration(sojourn.beyond_days)}`;
  return [
    say(stage.title, format.lang), stage.people, stage.at_start, stage.entered, stage.left, stage.at_end, stage.ever, stage.direct,
    ...interval(stage.conversion), stage.immature,
    isEstimate(median) ? format.duration(median.value) : beyond || words.notEstimable,
    isStake(stage.stake) ? format.money(stage.stake) : "",
  ];
}

export function stageTable(ask: Ask): Table {
  const { map, words } = ask;
  return {
    id: "stages", title: words.tableStages, shares: new Set([8, 9, 10]),
    head: [words.stage, words.people, words.thereAtStart, words.arrived, words.flowKinds.forward + ", " + words.flowKinds.back + ", " + words.left,
      words.thereNow, words.everHere, words.newcomers, words.conversion, words.low, words.high, "n", words.notMature, words.medianStay, words.atStake],
    rows: map.stages.map((stage) => stageRow(stage, ask)),
    keys: map.stages.map((stage) => stage.key),
  };
}

export function stepTable(ask: Ask): Table {
  const { map, words, format } = ask;
  return {
    id: "steps", title: words.tableSteps, shares: new Set([3, 4, 5]),
    head: [words.stage, words.stepWord, words.people, words.progression, words.low, words.high, "n", words.health_, words.boundTo],
    rows: map.steps.map((step) => [
      title(map.stages, step.stage, ask), say(step.title, format.lang), step.reached, ...interval(step.progression),
      words.health[step.health], step.events.join(", "),
    ]),
    keys: map.steps.map((step) => step.key),
  };
}

type Line = readonly [text: string, count: Value, ...interval: Value[]];

function itemLine(item: Item, { words, format }: Ask): Line {
  const known = words.deviation[item.label as keyof Words["deviation"]];
  const name = item.note ? say(item.note, format.lang) : known ?? item.label;
  return [name, item.count, ...interval(item.share)];
}

function cellLines(cell: Cell, lane: Lane, ask: Ask): Line[] {
  const { format } = ask;
  const lines: Line[] = [];
  const none = [null, null, null, null, null] as const;
  const words = say(cell.text, format.lang) || (cell.provenance === "unknown" ? say(cell.question, format.lang) : "");
  if (words) lines.push([words, ...none]);
  if (isEstimate(cell.score)) lines.push([format.score(cell.score.value), null, null, null, null, cell.score.n]);
  if (isStake(cell.stake)) lines.push([format.money(cell.stake), ...none]);
  lines.push(...[...cell.items, ...cell.shares].map((item) => itemLine(item, ask)));
  return lines.length > 0 ? lines : [[lane.kind === "feelings" ? "" : "—", ...none]];
}

export function cellTable(ask: Ask): Table {
  const { map, words, format } = ask;
  const order = new Map(map.steps.map((step, i) => [step.key, i]));
  const rows: Value[][] = [];
  const keys: string[] = [];
  for (const lane of map.lanes) {
    const own = map.cells.filter((cell) => cell.lane === lane.key)
      .sort((a, b) => (order.get(a.step) ?? 0) - (order.get(b.step) ?? 0));
    for (const cell of own) {
      const step = map.steps.find((s) => s.key === cell.step);
      const where = say(step?.title, format.lang) + (cell.span > 1 ? ` +${cell.span - 1}` : "");
      for (const line of cellLines(cell, lane, ask)) {
        rows.push([say(lane.title, format.lang), where, ...line, words.provenance[cell.provenance]]);
        keys.push(cell.step);
      }
    }
  }
  return {
    id: "cells", title: words.tableCells, shares: new Set([4, 5, 6]),
    head: [words.lane, words.stepWord, words.text, words.count, words.share, words.low, words.high, "n", words.how],
    rows, keys,
  };
}

export function tables(ask: Ask): Table[] {
  return [flowTable(ask), stageTable(ask), stepTable(ask), cellTable(ask)];
}
