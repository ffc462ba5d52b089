/* What is not known, how to read the map, and what the numbers rest on. */

import { say } from "../model/values";
import { asOfText } from "../model/facts";
import { DeviationLegend, HealthLegend, ProvenanceLegend } from "./Legend";
import { OpenQuestions } from "./OpenQuestions";
import { useScene } from "./scene";

function Definitions() {
  const { map, lang } = useScene();
  return (
    <dl className="sj-defs-list">
      {map.stages.map((stage) => (
        <div key={stage.key}><dt>{say(stage.title, lang)}</dt><dd>{say(stage.definition, lang)}</dd></div>
      ))}
    </dl>
  );
}

export function DataNotes() {
  const scene = useScene();
  const { map, words, format, lang } = scene;
  const { data } = map;
  const spread = words.eventsAndPeople(format.count(data.events), format.count(data.people));
  return (
    <section className="sj-note">
      <h2>{words.dataTitle}</h2>
      <p>{[format.span(data), spread].filter(Boolean).join(" · ")}</p>
      {data.sources.length > 0 && <p>{words.sources}: {data.sources.join(", ")}</p>}
      <p>{[asOfText(data, scene), data.timezone].filter(Boolean).join(" · ")}</p>
      {data.notes.map((note, i) => <p key={i}>{say(note, lang)}</p>)}
      {data.simulated && <p><b>{words.simulated}.</b> {words.simulatedNote}</p>}
    </section>
  );
}

export function Notes() {
  const { words, cells, lanes, map } = useScene();
  const money = map.stages.some((s) => "unit" in s.stake) || map.cells.some((c) => c.stake && "unit" in c.stake);
  const feelings = lanes.some((lane) => lane.kind === "feelings") && cells.size > 0;
  return (
    <div className="sj-notes">
      <OpenQuestions />
      <section className="sj-note">
        <h2>{words.howToRead}</h2>
        {words.howToReadText.map((text) => <p key={text}>{text}</p>)}
        {money && <p>{words.moneyNoteText}</p>}
        {feelings && <p>{words.feelingsNoteText}</p>}
        <p>{words.observedNotCaused}</p>
      </section>
      <section className="sj-note"><h2>{words.definitions}</h2><Definitions /></section>
      <DataNotes />
      <section className="sj-note sj-note-marks"><h2>{words.marks}</h2><ProvenanceLegend /><HealthLegend /><DeviationLegend /></section>
    </div>
  );
}
