/* How long people stay in each stage, and what is at stake there. */

import type { StageSpan } from "../model/columns";
import { sojournFact, stakeFact } from "../model/facts";
import { isEstimate, isStake, say } from "../model/values";
import { Figure } from "./Figure";
import { GridCell } from "./GridCell";
import { Row } from "./Row";
import { type Scene, useScene } from "./scene";
import { Survival } from "./Survival";

function Stay({ span, scene }: { span: StageSpan; scene: Scene }) {
  const { words, format, lang } = scene;
  const { stage, index } = span;
  const fact = sojournFact(stage, scene);
  if ("not_estimable" in stage.sojourn) {
    return (
      <Figure fact={fact} className="sj-stay is-missing">
        <span className="sj-unknown-chip">{fact.value}</span>
      </Figure>
    );
  }
  const median = stage.sojourn.median_days;
  const known = isEstimate(median);
  const label = words.curveLabel(say(stage.title, lang), `${words.medianStay} ${fact.value}`);
  return (
    <>
      <Survival sojourn={stage.sojourn} index={index} label={label} />
      <Figure fact={fact} className="sj-stay">
        <b>{fact.value}</b>
        <span className="sj-cap">{known ? format.durationRange(median) : words.notReached}</span>
      </Figure>
    </>
  );
}

function StakeFigure({ span, scene }: { span: StageSpan; scene: Scene }) {
  const { words, format, lang } = scene;
  const { stake, title } = span.stage;
  if (!isStake(stake)) return null;
  const money = stake.unit === "money";
  return (
    <Figure fact={stakeFact(say(title, lang), stake, scene)} className={`sj-stake ${stake.high > 0 ? "" : "is-zero"}`}>
      <b>{format.money(stake, true)}</b>
      <span className="sj-cap">{money ? words.atStake : `${words.peopleUnit} · ${words.atStake}`}</span>
    </Figure>
  );
}

export function SojournRow({ row }: { row: number }) {
  const scene = useScene();
  const { layout, words } = scene;
  return (
    <Row className="sj-sojourn" title={words.sojourn} note={words.sojournNote} index={row}>
      {layout.stages.map((span) => (
        <GridCell key={span.stage.key} row={row} first={span.first} count={span.count} className={`sj-stay-cell ${span.stage.observed ? "" : "sj-hatch"}`}>
          {span.stage.observed && <Stay span={span} scene={scene} />}
          {span.stage.observed && <StakeFigure span={span} scene={scene} />}
        </GridCell>
      ))}
    </Row>
  );
}
