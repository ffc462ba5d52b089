/* Everything known about a step, in the order in which it is asked. */

import type { Cell, Lane, Step } from "../../model/document";
import { evidenceLines, progressionFact } from "../../model/facts";
import { ownQuestion } from "../../model/cells";
import { isEstimate, say } from "../../model/values";
import { ProvenanceGlyph } from "../Glyphs";
import { deviationName, Strip } from "../lanes/Conformance";
import { useScene } from "../scene";
import { Headline } from "./Headline";
import { Ranked } from "./Ranked";
import { Section } from "./Section";
import { StakeSection } from "./StakeSection";

function ConformanceSection({ cell, lane }: { cell: Cell; lane: Lane }) {
  const { words, format, lang } = useScene();
  const n = cell.shares.map((s) => (isEstimate(s.share) ? s.share.n : 0))[0] ?? 0;
  return (
    <Section title={say(lane.title, lang)} note={words.n(format.count(n))}>
      <Strip shares={cell.shares} width={312} height={12} />
      <p className="sj-shares">
        {cell.shares.map((item) => (
          <span key={item.label}>
            <b>{isEstimate(item.share) ? format.percentWhole(item.share.value) : "—"}%</b> {deviationName(item.label, words)}
          </span>
        ))}
      </p>
    </Section>
  );
}

function CellBody({ cell, lane }: { cell: Cell; lane: Lane }) {
  const { lang, format, words, map } = useScene();
  if (cell.provenance === "unknown") {
    return <p className="sj-ask sj-hatch"><span>{ownQuestion(say(cell.question, lang), say(map.steps.find((s) => s.key === cell.step)?.title, lang)) || words.nothingHere}</span></p>;
  }
  return (
    <>
      {cell.text && <p className="sj-say">{say(cell.text, lang)}</p>}
      {isEstimate(cell.score) && (
        <p className={cell.score.value < -0.5 ? "is-loss-text" : ""}>
          <b>{format.score(cell.score.value)}</b>{" "}
          <span className="sj-cap">{cell.provenance === "assumed" ? words.assumed : words.n(format.count(cell.score.n))}</span>
        </p>
      )}
      {cell.items.length > 0 && <Ranked items={cell.items} loss={lane.kind === "friction"} />}
    </>
  );
}

function LaneSection({ cell, lane }: { cell: Cell; lane: Lane }) {
  const scene = useScene();
  const { lang } = scene;
  if (cell.shares.length > 0) return <ConformanceSection cell={cell} lane={lane} />;
  const empty = !cell.text && cell.items.length === 0 && !cell.score && !cell.question;
  if (empty) return null;
  const known = evidenceLines(cell, scene).slice(1).join(" · ");
  return (
    <Section title={say(lane.title, lang)} note={<span className="sj-how"><ProvenanceGlyph kind={cell.provenance} quiet={false} />{known}</span>}>
      <CellBody cell={cell} lane={lane} />
    </Section>
  );
}

const ORDER = ["conformance", "friction", "pains", "feelings", "thoughts", "needs", "actions", "touchpoints", "sources", "plays", "content", "metrics", "text"];

export function StepPanel({ step }: { step: Step }) {
  const scene = useScene();
  const { words, lang, cells, map, format } = scene;
  const fact = progressionFact(step, scene);
  const lanes = map.lanes
    .flatMap((lane) => {
      const cell = cells.get(lane.key)?.get(step.key);
      return cell ? [{ lane, cell }] : [];
    })
    .sort((a, b) => ORDER.indexOf(a.lane.kind) - ORDER.indexOf(b.lane.kind));
  return (
    <>
      <Headline fact={fact} name={words.progression} />
      <p className="sj-section-text">
        {say(step.health_reason, lang)}{step.within_days > 0 && ` ${words.within(format.duration(step.within_days))}.`}
      </p>
      <StakeSection stake={step.stake} />
      {lanes.map(({ lane, cell }) => <LaneSection key={lane.key} cell={cell} lane={lane} />)}
      <Section title={words.boundTo}>
        <p className="sj-tags">{step.events.map((name) => <span key={name} className="sj-chip sj-mono">{name}</span>)}</p>
      </Section>
      <Section title={words.definition}><p>{fact.definition}</p></Section>
    </>
  );
}
