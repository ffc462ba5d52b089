/* What every part of the map can reach: the document, its language, and what is selected. */

import { createContext, useContext } from "react";
import type { CellsOfLane } from "../model/cells";
import type { Columns, Zoom } from "../model/columns";
import type { JourneyMap, Lane } from "../model/document";
import type { Fact } from "../model/facts";
import type { Format } from "../model/format";
import type { Lang } from "../model/values";
import type { Words } from "../text/words";

export interface Selection {
  readonly kind: "step" | "stage";
  readonly key: string;
}

export interface Scene {
  readonly map: JourneyMap;
  readonly lang: Lang;
  readonly words: Words;
  readonly format: Format;
  readonly layout: Columns;
  readonly zoom: Zoom;
  readonly lanes: readonly Lane[];
  readonly cells: ReadonlyMap<string, CellsOfLane>;
  /** Columns drawn now: all of them on paper, those near the screen otherwise. */
  readonly drawn: readonly [first: number, end: number];
  /** On paper nothing is pressed: no buttons, no popovers. */
  readonly paper: boolean;
  readonly selection: Selection | null;
  readonly select: (selection: Selection | null) => void;
  readonly explain: (fact: Fact | null, at: Element | null, pinned?: boolean) => void;
}

export const SceneContext = createContext<Scene | null>(null);

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (!scene) throw new Error("This part of the map stands outside a scene.");
  return scene;
}
