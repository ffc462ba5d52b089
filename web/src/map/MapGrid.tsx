/* The map on a wide page: stages, river, stays, steps, lanes. */

import { laneSlots } from "../model/cells";
import { LABEL_WIDTH, type Zoom } from "../model/columns";
import type { GridRow } from "../model/grid";
import { EmptyMap } from "./EmptyMap";
import { LaneRow } from "./LaneRow";
import { Patterns } from "./Patterns";
import { RibbonRow } from "./RibbonRow";
import { type Scene, useScene } from "./scene";
import { SojournRow } from "./SojournRow";
import { StageHeader } from "./StageHeader";
import { StepHeader } from "./StepHeader";
import { useGridKeys } from "./useGridKeys";

const HEAD_ROWS = 4;

export function gridRows({ layout, lanes, cells }: Scene): GridRow[] {
  const stages = layout.stages.map((s) => [s.first, s.count] as const);
  const steps = layout.columns.map((_, i) => [i, 1] as const);
  return [
    { key: "stages", spans: stages },
    { key: "ribbon", spans: [[0, layout.columns.length]] },
    { key: "sojourn", spans: stages },
    { key: "steps", spans: steps },
    ...lanes.map((lane) => ({
      key: lane.key,
      spans: laneSlots(layout, cells.get(lane.key)).map((s) => [s.first, s.count] as const),
    })),
  ];
}

export interface MapGridProps {
  readonly zoom?: Zoom;
  readonly bandHeight?: number;
}

export function MapGrid({ zoom = "journey", bandHeight }: MapGridProps) {
  const scene = useScene();
  const { layout, lanes, words, map, lang, select } = scene;
  const rows = gridRows(scene);
  const keys = useGridKeys(rows, {
    onLeave: () => select(null),
    reveal: (root, column) => root.closest(".sj-scroll")?.scrollTo({ left: (layout.columns[column]?.x ?? 0) - LABEL_WIDTH }),
  });
  const template = [LABEL_WIDTH, ...layout.columns.map((c) => c.width)].map((w) => `${w}px`).join(" ");
  if (map.stages.length === 0) return <EmptyMap />;
  const title = lang === "ko" && map.title.ko ? map.title.ko : map.title.en;
  return (
    <div className={`sj-map sj-zoom-${zoom}`} role="grid" aria-label={words.mapOf(title)}
      aria-rowcount={rows.length} aria-colcount={layout.columns.length + 1}
      style={{ "--cols": template, width: layout.width + LABEL_WIDTH } as Record<string, string | number>}
      {...keys}>
      <Patterns />
      <StageHeader row={0} />
      <RibbonRow row={1} bandHeight={bandHeight} />
      <SojournRow row={2} />
      <StepHeader row={3} />
      {lanes.map((lane, i) => <LaneRow key={lane.key} lane={lane} row={HEAD_ROWS + i} />)}
    </div>
  );
}
