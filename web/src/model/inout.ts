/* What enters and leaves one stage, as two lists whose sums are equal. */

import type { Words } from "../text/words";
import type { StageFlows } from "./flows";
import { band } from "./paths";
import { type Lang, say } from "./values";
import type { Flow, JourneyMap } from "./document";

export interface Way {
  readonly id: string;
  readonly name: string;
  readonly moves: number;
  readonly tone: "stage" | "loss" | "quiet";
}

export interface WayShape extends Way {
  readonly path: string;
  readonly labelY: number;
}

export interface InOut {
  readonly into: readonly Way[];
  readonly out: readonly Way[];
}

export function inOut(flows: StageFlows, map: JourneyMap, words: Words, lang: Lang): InOut {
  const title = (key: string | null): string => say(map.stages.find((s) => s.key === key)?.title, lang);
  const fromStage = (flow: Flow): Way => ({
    id: `in:${flow.kind}:${flow.source}`, name: title(flow.source), moves: flow.moves, tone: "quiet",
  });
  const toStage = (tone: Way["tone"]) => (flow: Flow): Way => ({
    id: `out:${flow.kind}:${flow.target}`, moves: flow.moves, tone,
    name: flow.kind === "back" ? `${words.flowKinds.back}: ${title(flow.target)}` : title(flow.target),
  });
  const some = (ways: Way[]): Way[] => ways.filter((way) => way.moves > 0);
  return {
    into: some([
      ...[...flows.fromForward, ...flows.fromSkip].map(fromStage),
      ...flows.fromBack.map((f) => ({ ...fromStage(f), name: `${words.flowKinds.back}: ${title(f.source)}` })),
      { id: "in:new", name: words.newcomers, moves: flows.fromNew, tone: "quiet" },
      { id: "in:returned", name: words.returned, moves: flows.fromReturned, tone: "quiet" },
      { id: "in:opening", name: words.flowKinds.opening, moves: flows.opening, tone: "quiet" },
    ]),
    out: some([
      ...flows.toForward.map(toStage("stage")),
      ...flows.toSkip.map(toStage("stage")),
      ...flows.toBack.map(toStage("quiet")),
      { id: "out:left", name: words.left, moves: flows.left, tone: "loss" },
      { id: "out:still", name: words.stillHere, moves: flows.still, tone: "quiet" },
    ]),
  };
}

interface Side {
  readonly fromX: number;
  readonly toX: number;
  readonly nodeTop: number;
  readonly scale: number;
  readonly height: number;
}

const LABEL_ROOM = 30;

/** Ribbons from the edge to the node (or back), spread so that no two labels meet. */
export function spread(ways: readonly Way[], side: Side): WayShape[] {
  const sizes = ways.map((way) => Math.max(0.9, way.moves * side.scale));
  const slots = sizes.map((size) => Math.max(size + 4, LABEL_ROOM));
  const used = slots.reduce((a, b) => a + b, 0);
  let outer = Math.max(0, (side.height - used) / 2);
  let inner = side.nodeTop;
  return ways.map((way, i) => {
    const size = sizes[i] ?? 0;
    const y = outer + ((slots[i] ?? 0) - size) / 2;
    const shape = band({ x: side.fromX, y }, { x: side.toX, y: inner }, size, size);
    const labelY = y + size / 2;
    outer += slots[i] ?? 0;
    inner += size;
    return { ...way, path: shape, labelY };
  });
}

export function spreadHeight(ways: readonly Way[], scale: number): number {
  return ways.reduce((all, way) => all + Math.max(way.moves * scale + 4, LABEL_ROOM), 0);
}
