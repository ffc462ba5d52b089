/* Whose journey it is, in the head of the map: a persona, the conditions in force, or everybody. */

import type { Words } from "../text/words";
import type { JourneyMap } from "./document";

export function whose({ persona, filters }: Pick<JourneyMap, "persona" | "filters">, words: Words): string {
  const drawn = filters ? words.peopleDrawn(filters.people, filters.events) : "";
  return [persona?.name, drawn].filter(Boolean).join(" · ") || words.allPeople;
}
