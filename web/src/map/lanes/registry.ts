/* Every kind of lane and how it is drawn. */

import type { LaneKind } from "../../model/document";
import { ConformanceCell } from "./Conformance";
import { FEELINGS_HEIGHT, FeelingsOverlay } from "./Feelings";
import { ItemsCell } from "./Items";
import { PainsCell } from "./Pains";
import { PlaysCell } from "./Plays";
import type { LaneRecord } from "./types";
import { WordsCell } from "./Words";

export const LANES: Record<LaneKind, LaneRecord> = {
  actions: { height: 64, Body: WordsCell },
  touchpoints: { height: 74, Body: ItemsCell },
  sources: { height: 74, Body: ItemsCell },
  friction: { height: 74, Body: ItemsCell },
  feelings: { height: FEELINGS_HEIGHT, Body: () => null, Overlay: FeelingsOverlay },
  thoughts: { height: 78, Body: WordsCell },
  needs: { height: 64, Body: WordsCell },
  pains: { height: 92, Body: PainsCell },
  conformance: { height: 52, Body: ConformanceCell },
  plays: { height: 96, Body: PlaysCell, empty: "blank" },
  content: { height: 44, Body: WordsCell },
  metrics: { height: 52, Body: ItemsCell, empty: "blank" },
  text: { height: 44, Body: WordsCell },
};
