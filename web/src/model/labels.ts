/* Where the words on the river stand, so that no two cover each other. */

import type { Format } from "./format";
import type { Mark, Ribbon } from "./ribbon";
import { textWidth } from "./textWidth";
import type { Words } from "../text/words";

export interface Label {
  readonly id: string;
  readonly kind: Mark["kind"] | "pill";
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly count: string;
  readonly word: string;
  /** Whether the word stands under the count. */
  readonly stacked: boolean;
  readonly width: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Spot = Pick<Label, "x" | "y" | "anchor" | "stacked">;

export const PILL_HEIGHT = 24;
const SIZE = 12;
const LINE = 14;
/* Under the first share a label is left to the popover and the table; under the second, too, where
   it finds no room. */
const INVISIBLE = 0.001;
const NEGLIGIBLE = 0.005;

function boxOf(spot: Spot, count: string, word: string): Box {
  const width = spot.stacked
    ? Math.max(textWidth(count, SIZE), textWidth(word, SIZE))
    : textWidth(`${count} ${word}`, SIZE);
  const left = spot.anchor === "start" ? spot.x : spot.anchor === "end" ? spot.x - width : spot.x - width / 2;
  return { left, right: left + width, top: spot.y - 10, bottom: spot.y + 3 + (spot.stacked ? LINE : 0) };
}

function meets(a: Box, b: Box): boolean {
  return a.left < b.right + 4 && a.right + 4 > b.left && a.top < b.bottom && a.bottom > b.top;
}

function stillSpots(mark: Mark, count: string, word: string): Spot[] {
  const wide = textWidth(`${count} ${word}`, SIZE) < mark.endX - mark.x - 12;
  const after = mark.endX + 8;
  const inside: Spot[] = mark.height >= 17 && wide
    ? [{ x: mark.endX - 8, y: mark.endY + 4, anchor: "end", stacked: false }] : [];
  return [
    ...inside,
    { x: after, y: mark.endY + 3, anchor: "start", stacked: true },
    { x: after, y: mark.endY + 4, anchor: "start", stacked: false },
    { x: mark.x + 8, y: mark.endY + mark.height / 2 + 13, anchor: "start", stacked: false },
  ];
}

function leftSpots(mark: Mark, ribbon: Ribbon, count: string, word: string): Spot[] {
  const width = textWidth(`${count} ${word}`, SIZE);
  const y = ribbon.baseY + 15;
  const middle: Spot = { x: mark.endX + mark.height / 2, y, anchor: "middle", stacked: false };
  const start: Spot = { x: mark.endX - 2, y, anchor: "start", stacked: false };
  const beside: Spot = { x: mark.endX + mark.height + 6, y: ribbon.baseY, anchor: "start", stacked: false };
  return mark.height > width - 30 ? [middle, start, beside] : [start, beside];
}

function outsideSpots(mark: Mark, count: string, word: string): Spot[] {
  const room = mark.endX - mark.x - 12;
  const x = mark.x + 8;
  const spots: Spot[] = [];
  if (mark.height >= 34) spots.push({ x: x + 2, y: mark.endY - 1, anchor: "start", stacked: true });
  if (mark.height >= 16 && textWidth(`${count} ${word}`, SIZE) < room) {
    spots.push({ x, y: mark.endY + 4, anchor: "start", stacked: false });
  }
  const below = mark.y + mark.height + 13;
  for (const dy of [0, LINE, 2 * LINE]) spots.push({ x, y: below + dy, anchor: "start", stacked: false });
  spots.push({ x, y: mark.y - 6, anchor: "start", stacked: false });
  return spots;
}

/* The pill stands before the boundary of the next stage, on the ribbon's line. */
function pill(mark: Mark, ribbon: Ribbon, boundary: number, count: string): Label {
  const width = Math.ceil(textWidth(count, 12.5)) + 20;
  const x = Math.max(mark.x + 2, Math.min(boundary - 10, mark.endX - 6) - width);
  const t = Math.max(0, Math.min(1, (x + width / 2 - mark.x) / Math.max(1, mark.endX - mark.x)));
  const ease = t * t * (3 - 2 * t);
  const middle = mark.y + mark.height / 2 + (mark.endY - mark.y - mark.height / 2) * ease;
  return {
    id: mark.id, kind: "pill", x, y: Math.max(ribbon.bandTop - 6, middle - PILL_HEIGHT / 2),
    anchor: "start", count, word: "", stacked: false, width,
  };
}

function wordOf(mark: Mark, words: Words, format: Format): string {
  switch (mark.kind) {
    case "still": return words.stillHere;
    case "left": return `${words.left} · ${format.percent(mark.share)}`;
    case "new": return words.newcomers;
    case "returned": return words.returned;
    case "forward": return "";
  }
}

const RANK: Record<Mark["kind"], number> = { forward: 0, left: 1, new: 2, still: 3, returned: 4 };

function spotsOf(mark: Mark, ribbon: Ribbon, count: string, word: string): Spot[] {
  if (mark.kind === "still") return stillSpots(mark, count, word);
  if (mark.kind === "left") return leftSpots(mark, ribbon, count, word);
  return outsideSpots(mark, count, word);
}

export interface LabelAsk {
  readonly ribbon: Ribbon;
  readonly words: Words;
  readonly format: Format;
  /** Left edge of each stage's columns, by the stage's index. */
  readonly boundary: (stage: number) => number;
}

export function placeLabels({ ribbon, words, format, boundary }: LabelAsk): Label[] {
  const labels: Label[] = [];
  const taken: Box[] = [];
  const ordered = [...ribbon.marks].sort((a, b) => RANK[a.kind] - RANK[b.kind] || b.moves - a.moves);
  for (const mark of ordered) {
    const count = format.count(mark.moves);
    if (mark.kind === "forward") {
      if (!ribbon.nodes.some((node) => node.index === mark.index)) continue;
      const own = pill(mark, ribbon, boundary(mark.target), count);
      labels.push(own);
      taken.push({ left: own.x, right: own.x + own.width, top: own.y, bottom: own.y + PILL_HEIGHT });
      continue;
    }
    if (mark.share < INVISIBLE && mark.kind !== "left") continue;
    const word = wordOf(mark, words, format);
    const spots = spotsOf(mark, ribbon, count, word)
      .filter((spot) => boxOf(spot, count, word).bottom <= ribbon.height + 1);
    const free = spots.find((spot) => !taken.some((box) => meets(box, boxOf(spot, count, word))));
    const spot = free ?? (mark.share >= NEGLIGIBLE ? spots[0] : undefined);
    if (!spot) continue;
    taken.push(boxOf(spot, count, word));
    labels.push({ ...spot, id: mark.id, kind: mark.kind, count, word, width: 0 });
  }
  return labels;
}
