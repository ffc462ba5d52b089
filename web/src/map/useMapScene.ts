/* Builds the scene of a map: layout for the width at hand, cells by lane, what is drawn. */

import { useMemo } from "react";
import { cellsByLane, shownLanes } from "../model/cells";
import { layoutColumns, type Zoom } from "../model/columns";
import type { JourneyMap } from "../model/document";
import { createFormat } from "../model/format";
import type { Lang } from "../model/values";
import { WORDS } from "../text";
import type { Scene, Selection } from "./scene";

const OVERVIEW_LANES = new Set(["feelings"]);

export interface SceneOptions {
  readonly map: JourneyMap;
  readonly lang: Lang;
  /** Room for the columns, without the label column. */
  readonly room: number;
  readonly zoom: Zoom;
  readonly only?: readonly string[] | null;
  readonly paper?: boolean;
  readonly drawn?: readonly [number, number] | null;
  readonly selection?: Selection | null;
  readonly select?: (selection: Selection | null) => void;
  readonly explain?: Scene["explain"];
}

const nothing = (): void => undefined;

export function useMapScene(options: SceneOptions): Scene {
  const { map, lang, room, zoom, only = null, paper = false, drawn = null } = options;
  const { selection = null, select = nothing, explain = nothing } = options;
  const onlyKey = only?.join("\n") ?? "";
  const layout = useMemo(() => layoutColumns(map, room, zoom, only), [map, room, zoom, onlyKey]);
  const cells = useMemo(() => cellsByLane(map), [map]);
  const lanes = useMemo(() => {
    const shown = shownLanes(map, cells);
    return zoom === "overview" ? shown.filter((lane) => OVERVIEW_LANES.has(lane.kind)) : shown;
  }, [map, cells, zoom]);
  const format = useMemo(() => createFormat(lang, map.data.timezone), [lang, map]);
  return {
    map, lang, words: WORDS[lang], format, layout, lanes, cells, paper, zoom, selection, select, explain,
    drawn: drawn ?? [0, layout.columns.length],
  };
}
