/* The river: people from stage to stage, drawn so that none is lost. */

import { useMemo, useState } from "react";
import type { Flow } from "../model/document";
import { layoutRibbon, type Ribbon, trace } from "../model/ribbon";
import { say } from "../model/values";
import { RibbonLabels } from "./RibbonLabels";
import { RibbonMarks } from "./RibbonMarks";
import { GridCell } from "./GridCell";
import { Row } from "./Row";
import { type Scene, useScene } from "./scene";
import { ScaleBar } from "./ScaleBar";

function flowLabel(scene: Scene): (flow: Flow) => string {
  const { map, words, format } = scene;
  const place = (key: string | null): number => map.stages.findIndex((s) => s.key === key);
  return (flow) => {
    const count = format.count(flow.moves);
    if (flow.kind === "back") return words.backMoves(count);
    return words.skipMoves(count, Math.max(1, place(flow.target) - place(flow.source) - 1));
  };
}

function spoken(ribbon: Ribbon, { words, format, lang }: Scene): string {
  const sentences = ribbon.flows.filter((f) => f.total > 0).map((f) =>
    words.ribbonStage(say(f.stage.title, lang), format.count(f.total), format.count(f.left)),
  );
  return words.ribbonLabel(sentences.join(" "));
}

/* What the map asks about a stage that no event speaks of. */
export function stageQuestion(key: string, { map, words, lang }: Scene): string {
  return say(map.open_questions.find((q) => q.where === key)?.question, lang) || words.unbound;
}

export function RibbonRow({ row, bandHeight }: { row: number; bandHeight?: number | undefined }) {
  const scene = useScene();
  const { map, layout, words } = scene;
  const ribbon = useMemo(
    () => layoutRibbon(map, layout, flowLabel(scene), bandHeight),
    [map, layout, scene.lang, bandHeight],
  );
  const [focus, setFocus] = useState<string | null>(null);
  const lit = useMemo(() => (focus ? trace(ribbon, focus) : null), [ribbon, focus]);
  return (
    <Row className="sj-ribbon" title={words.flow} note={words.peopleNote} index={row}
      height={ribbon.height} extra={<ScaleBar ribbon={ribbon} />}>
      <GridCell row={row} first={0} count={layout.columns.length} className="sj-ribbon-cell">
        <svg width={layout.width} height={ribbon.height} role="img" aria-label={spoken(ribbon, scene)}
          aria-describedby="sj-flow-table">
          {layout.stages.slice(1).map((span) => (
            <line key={span.stage.key} x1={span.x} x2={span.x} y1="0" y2={ribbon.height} className="sj-stage-line" />
          ))}
          {ribbon.marks.length === 0 && (
            <text x="16" y={ribbon.bandTop + 40} className="sj-svg-cap">{words.noMoves}</text>
          )}
          {layout.stages.filter((span) => !span.stage.observed).map((span) => (
            <rect key={span.stage.key} x={span.x} y="0" width={span.width} height={ribbon.height} fill="url(#sj-hatch)" />
          ))}
          <RibbonMarks ribbon={ribbon} lit={lit} onFocus={setFocus} />
          <RibbonLabels ribbon={ribbon} lit={lit} onFocus={setFocus} />
        </svg>
        {layout.stages.filter((span) => !span.stage.observed).map((span) => (
          <p key={span.stage.key} className="sj-unbound" style={{ left: span.x + 10, width: span.width - 20 }}>
            <span>{stageQuestion(span.stage.key, scene)}</span>
          </p>
        ))}
      </GridCell>
    </Row>
  );
}
