import { readFileSync } from "node:fs";
import type { JourneyMap } from "../src/model/document";

export const mealkit = JSON.parse(
  readFileSync(new URL("../fixtures/mealkit.json", import.meta.url), "utf-8"),
) as JourneyMap;

/** The meal-kit map with parts replaced. */
export function withParts(parts: Partial<JourneyMap>): JourneyMap {
  return { ...mealkit, ...parts };
}
