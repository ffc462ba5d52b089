/* A stage as a page: tabs of stages, segments of steps, lanes as sections. */

import { say } from "../../model/values";
import { StageBadge } from "../Glyphs";
import { Icon } from "../Icons";
import { StagePanel } from "../inspector/StagePanel";
import { StepPanel } from "../inspector/StepPanel";
import { useScene } from "../scene";
import { useModal } from "./useModal";

export interface StagePageProps {
  readonly stageKey: string;
  readonly stepKey: string | null;
  readonly onStage: (key: string) => void;
  readonly onStep: (key: string | null) => void;
  readonly onClose: () => void;
}

export function StagePage({ stageKey, stepKey, onStage, onStep, onClose }: StagePageProps) {
  const { map, words, lang } = useScene();
  const box = useModal(onClose, stageKey);
  const index = map.stages.findIndex((s) => s.key === stageKey);
  const stage = map.stages[index];
  if (!stage) return null;
  const steps = map.steps.filter((s) => s.stage === stageKey);
  const step = steps.find((s) => s.key === stepKey);
  return (
    <div className="sj-ph-page" ref={box} role="dialog" aria-modal="true" aria-label={say(stage.title, lang)} tabIndex={-1}>
      <header className="sj-ph-bar">
        <button type="button" className="sj-icon-button" aria-label={words.back} onClick={onClose}><Icon name="back" size={20} /></button>
        <h2>{say(stage.title, lang)}</h2>
      </header>
      <div className="sj-ph-tabs" role="group" aria-label={words.stages}>
        {map.stages.map((s, i) => (
          <button key={s.key} type="button" aria-pressed={s.key === stageKey} onClick={() => onStage(s.key)}>
            <StageBadge index={i} /><span>{say(s.title, lang)}</span>
          </button>
        ))}
      </div>
      {steps.length > 0 && (
        <div className="sj-segments sj-ph-steps" role="group" aria-label={words.steps}>
          <button type="button" aria-pressed={!step} onClick={() => onStep(null)}>{words.stage}</button>
          {steps.map((s) => (
            <button key={s.key} type="button" aria-pressed={s === step} onClick={() => onStep(s.key)}>{say(s.title, lang)}</button>
          ))}
        </div>
      )}
      {step ? <StepPanel step={step} /> : <StagePanel stage={stage} index={index} />}
    </div>
  );
}
