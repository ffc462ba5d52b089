/* Everything known about a stage. */

import type { Stage } from "../../model/document";
import { conversionFact, sojournFact } from "../../model/facts";
import { isEstimate, say } from "../../model/values";
import { useScene } from "../scene";
import { Survival } from "../Survival";
import { Headline } from "./Headline";
import { InOutFigure } from "./InOutFigure";
import { Ranked } from "./Ranked";
import { Section } from "./Section";
import { StakeSection } from "./StakeSection";

function StaySection({ stage, index }: { stage: Stage; index: number }) {
  const scene = useScene();
  const { words, format, lang } = scene;
  const fact = sojournFact(stage, scene);
  if ("not_estimable" in stage.sojourn) return <Section title={words.sojourn}><p>{fact.value}</p></Section>;
  const last = stage.sojourn.curve[stage.sojourn.curve.length - 1];
  const interval = fact.interval ? `${fact.interval} · ` : "";
  return (
    <Section title={words.medianStay} note={`${interval}${words.n(format.count(stage.sojourn.spells))}`}>
      <div className="sj-amount is-ink">{fact.value}</div>
      <Survival sojourn={stage.sojourn} index={index} width={312} height={110}
        label={words.curveLabel(say(stage.title, lang), fact.value)} />
      <div className="sj-ends sj-cap"><span>0</span><span>{last ? format.duration(last.days) : ""}</span></div>
      {isEstimate(stage.sojourn.active_days) && <p>{words.lastActive(format.duration(stage.sojourn.active_days.value))}</p>}
    </Section>
  );
}

/* Shares that had left to each destination; with those still here they are everybody. */
function ExitsSection({ stage }: { stage: Stage }) {
  const { words, format, lang, map } = useScene();
  if ("not_estimable" in stage.sojourn || stage.sojourn.exits.length === 0) return null;
  const { curve, exits } = stage.sojourn;
  const named = exits.map((item) => ({
    ...item, label: say(map.stages.find((s) => s.key === item.label)?.title, lang) || words.left,
  }));
  return (
    <Section title={words.exitsTitle} note={words.exitsNote(format.duration(curve[curve.length - 1]?.days ?? 0))}>
      <Ranked items={named} />
    </Section>
  );
}

export function StagePanel({ stage, index }: { stage: Stage; index: number }) {
  const scene = useScene();
  const { words, format, lang } = scene;
  const fact = conversionFact(stage, scene);
  const change = stage.change_points;
  if (!stage.observed) return <Section title={words.noEvent}><p>{words.unbound}</p><p>{say(stage.definition, lang)}</p></Section>;
  return (
    <>
      <Headline fact={fact} name={words.conversion} worse={isEstimate(change) && change.high < 0}
        change={isEstimate(change) ? format.points(change) : undefined} />
      {(fact.lines ?? []).length > 0 && !isEstimate(stage.conversion) && <p className="sj-section-text">{fact.lines?.join(" ")}</p>}
      <InOutFigure index={index} />
      <StaySection stage={stage} index={index} />
      <ExitsSection stage={stage} />
      <StakeSection stake={stage.stake} />
      {stage.leaks_to.length > 0 && (
        <Section title={words.whereLeft} note={words.leaksNote}><Ranked items={stage.leaks_to} loss /></Section>
      )}
      <Section title={words.definition}>
        <p>{say(stage.definition, lang)}</p>
        <p>{fact.definition}</p>
      </Section>
    </>
  );
}
