/* A stage on the phone: its people, stay and stake, its steps, and what happens next. */

import type { ColumnStage } from "../../model/column";
import type { Stage, Step } from "../../model/document";
import { conversionFact, sojournFact, stagePeople } from "../../model/facts";
import { isEstimate, isStake, say } from "../../model/values";
import { stageFlows, totalOf } from "../../model/flows";
import { Figure } from "../Figure";
import { HealthGlyph, ProvenanceGlyph, StageBadge } from "../Glyphs";
import { Icon } from "../Icons";
import { useScene } from "../scene";
import { PhoneRibbon } from "./PhoneRibbon";

function StepRow({ step }: { step: Step }) {
  const { words, format, lang, cells, map, select } = useScene();
  const feelings = map.lanes.find((lane) => lane.kind === "feelings");
  const cell = feelings && cells.get(feelings.key)?.get(step.key);
  const asked = feelings && [...(cells.get(feelings.key)?.values() ?? [])].some((c) => isEstimate(c.score));
  const score = cell && isEstimate(cell.score) ? cell.score.value : null;
  return (
    <button type="button" className="sj-ph-step" onClick={() => select({ kind: "step", key: step.key })}>
      <HealthGlyph health={step.health} size={15} />
      <span className="sj-ph-step-name">
        <span>{say(step.title, lang)}</span>
        <span className="sj-ph-reach"><span className="sj-sr">{words.people} </span>{format.count(step.reached)}</span>
      </span>
      {cell && asked && (
        <span className={`sj-ph-score ${score !== null && score < -0.5 ? "is-loss-text" : ""}`}>
          {score === null ? <b aria-label={words.provenance.unknown}>?</b> : format.score(score)}
          {score !== null && <ProvenanceGlyph kind={cell.provenance} quiet={false} />}
        </span>
      )}
      <Icon name="next" />
    </button>
  );
}

function Onward({ stage, index }: { stage: Stage; index: number }) {
  const scene = useScene();
  const { words, format, map } = scene;
  const flows = stageFlows(map)[index];
  if (!flows) return null;
  const fact = conversionFact(stage, scene);
  const back = totalOf(flows.toBack);
  const rest = [
    flows.still > 0 && `${format.count(flows.still)} ${words.stillHere}`,
    back > 0 && words.backMoves(format.count(back)),
  ].filter(Boolean).join(" · ");
  const last = index === map.stages.length - 1;
  return (
    <div className="sj-ph-onward">
      {!last && (
        <Figure fact={fact} className="sj-ph-conv">
          <Icon name="into" size={14} />
          {isEstimate(stage.conversion)
            ? <><b>{format.percent(stage.conversion.value)}</b><span className="sj-cap">{format.percentRange(stage.conversion)} · {words.n(format.count(stage.conversion.n))}</span></>
            : <span className="sj-ph-quiet">{stage.conversion.not_estimable === "not mature" ? words.notMature : fact.value}</span>}
        </Figure>
      )}
      <p className="sj-cap">
        {flows.left > 0 && <span className="is-loss-text">{format.count(flows.left)} {words.left}</span>}
        {flows.left > 0 && rest && " · "}{rest}
      </p>
    </div>
  );
}

export function StageBlock({ stage, ribbon, onOpen }: { stage: Stage; ribbon: ColumnStage; onOpen: () => void }) {
  const scene = useScene();
  const { words, format, lang, map } = scene;
  const index = ribbon.index;
  const steps = map.steps.filter((step) => step.stage === stage.key);
  const stay = sojournFact(stage, scene);
  return (
    <section className="sj-ph-stage" aria-label={say(stage.title, lang)}>
      <PhoneRibbon stage={ribbon} first={index === 0} />
      <button type="button" className="sj-ph-stage-head" onClick={onOpen}>
        <StageBadge index={index} />
        <span className="sj-ph-stage-name">{say(stage.title, lang)}</span>
        <span className="sj-ph-people">{stage.observed ? stagePeople(stage, scene) : words.noEvent}</span>
      </button>
      {stage.observed ? (
        <p className="sj-ph-stay">
          <Figure fact={stay}><span className="sj-ph-quiet">{words.stay}</span> {stay.value}</Figure>
          {isStake(stage.stake) && (
            <span className={stage.stake.high > 0 ? "is-loss-text" : ""}>{stage.stake.unit === "money" ? format.money(stage.stake) : words.peopleRange(format.money(stage.stake))}
              <span className="sj-ph-quiet"> {words.atStake}</span></span>
          )}
        </p>
      ) : <p className="sj-ask sj-hatch"><span>{words.unbound}</span></p>}
      {steps.map((step) => <StepRow key={step.key} step={step} />)}
      {stage.observed && <Onward stage={stage} index={index} />}
    </section>
  );
}
