/* A step as a sheet from below, with the way to its neighbours. */

import type { Step } from "../../model/document";
import { say } from "../../model/values";
import { HealthGlyph, StageBadge } from "../Glyphs";
import { Icon } from "../Icons";
import { StepPanel } from "../inspector/StepPanel";
import { useScene } from "../scene";
import { useModal } from "./useModal";

export function StepSheet({ step, onClose }: { step: Step; onClose: () => void }) {
  const { map, words, lang, format, select } = useScene();
  const box = useModal(onClose, step.key);
  const at = map.steps.indexOf(step);
  const index = map.stages.findIndex((s) => s.key === step.stage);
  const before = map.steps[at - 1];
  const after = map.steps[at + 1];
  const go = (next: Step | undefined): void => next && select({ kind: "step", key: next.key });
  return (
    <div className="sj-ph-veil" onClick={onClose}>
      <div className="sj-ph-sheet" ref={box} role="dialog" aria-modal="true" aria-label={say(step.title, lang)} tabIndex={-1}
        onClick={(e) => e.stopPropagation()}>
        <header className="sj-ph-sheet-head">
          <span className="sj-inspector-place sj-cap"><StageBadge index={index} />{say(map.stages[index]?.title, lang)} · {words.step(at + 1)}</span>
          <button type="button" className="sj-icon-button" aria-label={words.close} onClick={onClose}><Icon name="close" size={18} /></button>
          <h2>{say(step.title, lang)}</h2>
          <span className={`sj-chip ${step.health === "weak" ? "is-loss" : step.health === "fine" ? "is-good" : ""}`}>
            <HealthGlyph health={step.health} size={12} /> {words.health[step.health]}
          </span>
          <span className="sj-cap">{words.reached(format.count(step.reached))}</span>
        </header>
        <div className="sj-ph-sheet-body"><StepPanel step={step} /></div>
        <footer className="sj-ph-sheet-foot">
          <button type="button" className="sj-button is-outlined" disabled={!before} onClick={() => go(before)}>
            <Icon name="back" />{before ? say(before.title, lang) : "—"}
          </button>
          <button type="button" className="sj-button is-solid" disabled={!after} onClick={() => go(after)}>
            {after ? say(after.title, lang) : "—"}<Icon name="next" />
          </button>
        </footer>
      </div>
    </div>
  );
}
