/* Which stages stand on which printed sheet. */

import type { JourneyMap } from "./document";

const LEAST_COLUMN = 112;
const LEAST_STAGE = 232;

/** Split the stages, in order, into sheets at most `room` pixels wide. */
export function splitSheets(map: JourneyMap, room: number): string[][] {
  const sheets: string[][] = [[]];
  let used = 0;
  for (const stage of map.stages) {
    const steps = map.steps.filter((step) => step.stage === stage.key).length;
    const width = Math.max(LEAST_STAGE, Math.max(1, steps) * LEAST_COLUMN);
    const sheet = sheets[sheets.length - 1];
    if (sheet && sheet.length > 0 && used + width > room) {
      sheets.push([stage.key]);
      used = width;
    } else {
      sheet?.push(stage.key);
      used += width;
    }
  }
  return sheets;
}
