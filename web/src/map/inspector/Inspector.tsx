/* The panel on the right: a step or a stage in depth. */

import { useEffect, useRef } from "react";
import { reachedFact, stagePeople } from "../../model/facts";
import { say } from "../../model/values";
import { HealthGlyph, StageBadge } from "../Glyphs";
import { Icon } from "../Icons";
import { type Scene, useScene } from "../scene";
import { StagePanel } from "./StagePanel";
import { StepPanel } from "./StepPanel";

function found({ map, selection }: Scene) {
  const step = selection?.kind === "step" ? map.steps.find((s) => s.key === selection.key) : undefined;
  const stageKey = step?.stage ?? selection?.key;
  const index = map.stages.findIndex((s) => s.key === stageKey);
  return { step, index, stage: map.stages[index] };
}

export function Inspector({ onClose }: { onClose: () => void }) {
  const scene = useScene();
  const { map, words, lang, selection } = scene;
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.scrollTo(0, 0), [selection?.key]);
  const { step, index, stage } = found(scene);
  if (!stage) return null;
  const title = say((step ?? stage).title, lang);
  const place = step ? `${say(stage.title, lang)} · ${words.step(map.steps.indexOf(step) + 1)}`
    : stagePeople(stage, scene);
  return (
    <aside className="sj-inspector" ref={box} aria-label={title} tabIndex={-1}
      onKeyDown={(e) => { if (e.key === "Escape") onClose(); }}>
      <header className="sj-inspector-head">
        <span className="sj-inspector-place sj-cap"><StageBadge index={index} />{place}</span>
        <button type="button" className="sj-icon-button" aria-label={words.close} onClick={onClose}><Icon name="close" /></button>
        <h2>{title}</h2>
        {step && (
          <span className={`sj-chip ${step.health === "weak" ? "is-loss" : step.health === "fine" ? "is-good" : ""}`}>
            <HealthGlyph health={step.health} size={11} /> {words.health[step.health]}
          </span>
        )}
        {step && <p className="sj-cap">{reachedFact(step, scene).value}</p>}
      </header>
      {step ? <StepPanel step={step} /> : <StagePanel stage={stage} index={index} />}
    </aside>
  );
}
