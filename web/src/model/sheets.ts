/* Which stages stand on which printed sheet: as few sheets as will do, filled alike. */

import type { JourneyMap } from "./document";

const LEAST_COLUMN = 112;
const LEAST_STAGE = 232;
const LEAST_UNBOUND = 168;

interface Piece {
  readonly key: string;
  readonly width: number;
}

function pieces(map: JourneyMap): Piece[] {
  return map.stages.map((stage) => {
    const steps = map.steps.filter((step) => step.stage === stage.key).length;
    const least = stage.observed || steps > 0 ? LEAST_STAGE : LEAST_UNBOUND;
    return { key: stage.key, width: Math.max(least, steps * LEAST_COLUMN) };
  });
}

/** Least width of the columns of some stages. */
export function sheetWidth(map: JourneyMap, only: readonly string[]): number {
  return pieces(map).reduce((all, piece) => all + (only.includes(piece.key) ? piece.width : 0), 0);
}

function fill(all: readonly Piece[], room: number): string[][] {
  const sheets: string[][] = [[]];
  let used = 0;
  for (const piece of all) {
    const sheet = sheets[sheets.length - 1] ?? [];
    if (sheet.length > 0 && used + piece.width > room) {
      sheets.push([piece.key]);
      used = piece.width;
    } else {
      sheet.push(piece.key);
      used += piece.width;
    }
  }
  return sheets;
}

/**
 * Split the stages, in order, into sheets about `room` pixels wide; up to `shrink` times too wide,
 * one sheet is drawn smaller instead.
 */
export function splitSheets(map: JourneyMap, room: number, shrink = 1.22): string[][] {
  const all = pieces(map);
  const total = all.reduce((sum, piece) => sum + piece.width, 0);
  if (total <= room * shrink) return [all.map((piece) => piece.key)];
  const count = fill(all, room).length;
  let low = Math.max(...all.map((piece) => piece.width));
  let high = Math.max(low, room);
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (fill(all, middle).length <= count) high = middle;
    else low = middle;
  }
  return fill(all, high);
}
