/* The stages: numeral, name, people; change, conversion, interval and n. */

import type { StageSpan } from "../model/columns";
import { conversionFact, peopleFact, stagePeople } from "../model/facts";
import { textWidth } from "../model/textWidth";
import { isEstimate, say } from "../model/values";
import { Figure } from "./Figure";
import { StageBadge } from "./Glyphs";
import { GridCell } from "./GridCell";
import { Row } from "./Row";
import { type Scene, useScene } from "./scene";

const CONVERSION_ROOM = 166;

function Conversion({ span, scene }: { span: StageSpan; scene: Scene }) {
  const { words, format } = scene;
  const { stage } = span;
  const fact = conversionFact(stage, scene);
  /* Where the name needs the room, the change is told by the popover and the panel. */
  const roomy = textWidth(say(stage.title, scene.lang), 15) + CONVERSION_ROOM < span.width;
  if (isEstimate(stage.conversion)) {
    const change = stage.change_points;
    const worse = isEstimate(change) && change.high < 0;
    return (
      <Figure fact={fact} className="sj-conv">
        <span className="sj-conv-top">
          {isEstimate(change) && roomy && (
            <span className={`sj-change ${worse ? "is-loss" : ""}`}>{format.points(change)}</span>
          )}
          <b>{format.percent(stage.conversion.value)}</b>
        </span>
        <span className="sj-cap">
          {format.percentRange(stage.conversion)} · {words.n(format.count(stage.conversion.n))}
        </span>
      </Figure>
    );
  }
  if (stage.conversion.not_estimable !== "not mature") return null;
  const mature = format.count(Math.max(0, stage.entered - stage.immature));
  return (
    <Figure fact={fact} className="sj-conv">
      <span className="sj-conv-top is-immature">
        <svg width="13" height="13" aria-hidden="true">
          <rect x=".5" y=".5" width="12" height="12" rx="2" fill="url(#sj-hatch)" stroke="var(--control)" />
        </svg>
        {words.notMature}
      </span>
      <span className="sj-cap">
        {words.notMatureNote(mature, format.count(stage.entered), format.duration(stage.window_days))}
      </span>
    </Figure>
  );
}

function StageCell({ span, row }: { span: StageSpan; row: number }) {
  const scene = useScene();
  const { words, lang, selection, select } = scene;
  const { stage, index } = span;
  const selected = selection?.kind === "stage" && selection.key === stage.key;
  const open = (): void => select(selected ? null : { kind: "stage", key: stage.key });
  return (
    <GridCell row={row} first={span.first} count={span.count} role="columnheader"
      className={`sj-stage ${selected ? "is-selected" : ""}`} selected={selected} onOpen={open}>
      <div className="sj-stage-name">
        <span className="sj-stage-title"><StageBadge index={index} /><span>{say(stage.title, lang)}</span></span>
        {stage.observed ? (
          <Figure fact={peopleFact(stage, scene)} className="sj-cap">
            {stagePeople(stage, scene)}
          </Figure>
        ) : <span className="sj-cap">{words.noEvent}</span>}
      </div>
      {stage.observed && <Conversion span={span} scene={scene} />}
    </GridCell>
  );
}

export function StageHeader({ row }: { row: number }) {
  const { layout, words } = useScene();
  return (
    <Row className="sj-stages" title={words.stages} note={words.stagesNote} index={row}>
      {layout.stages.map((span) => <StageCell key={span.stage.key} span={span} row={row} />)}
    </Row>
  );
}
