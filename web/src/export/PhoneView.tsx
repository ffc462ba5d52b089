/* The page at phone width. */

import { say } from "../model/values";
import { whose } from "../model/whose";
import { CompletenessBar } from "../map/Completeness";
import { Notes } from "../map/Notes";
import { PhoneMap } from "../map/phone/PhoneMap";
import { StagePage } from "../map/phone/StagePage";
import { StepSheet } from "../map/phone/StepSheet";
import { useScene } from "../map/scene";
import { TableTwin } from "../map/TableTwin";
import type { ViewProps } from "./PageView";
import { PhoneMenu } from "./PhoneMenu";
import { useState } from "react";

function Overlay() {
  const { map, selection, select } = useScene();
  const [inner, setInner] = useState<string | null>(null);
  if (!selection) return null;
  const close = (): void => {
    setInner(null);
    select(null);
  };
  if (selection.kind === "step") {
    const step = map.steps.find((s) => s.key === selection.key);
    return step ? <StepSheet step={step} onClose={close} /> : null;
  }
  return (
    <StagePage stageKey={selection.key} stepKey={inner} onStep={setInner} onClose={close}
      onStage={(key) => { setInner(null); select({ kind: "stage", key }); }} />
  );
}

export function PhoneView(props: ViewProps) {
  const { words, format, lang } = useScene();
  const { map, view } = props;
  return (
    <div className="sj-phone">
      <header className="sj-ph-bar">
        <h1>{say(map.title, lang)}</h1>
        <PhoneMenu {...props} />
      </header>
      <div className="sj-ph-facts">
        <span className="sj-pick"><b>{whose(map, words)}</b></span>
        {format.span(map.data) && <span className="sj-pick"><b>{format.span(map.data)}</b></span>}
        {map.data.simulated && <span className="sj-chip is-warn">{words.simulated}</span>}
      </div>
      <div className="sj-ph-known">
        <CompletenessBar />
        <a className="sj-link" href="#sj-questions">{words.openQuestions(map.open_questions.length)}</a>
      </div>
      <main tabIndex={-1}>{view === "table" ? <TableTwin /> : <><PhoneMap /><Notes /></>}</main>
      <Overlay />
    </div>
  );
}
