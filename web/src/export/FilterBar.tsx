/* Whose journey, over which time, seen how. */

import { isEstimate } from "../model/values";
import { whose } from "../model/whose";
import { CompletenessBar } from "../map/Completeness";
import { useScene } from "../map/scene";
import type { ViewProps } from "./PageView";
import { Segments } from "./Segments";

export function FilterBar({ map, zoom, setZoom }: ViewProps) {
  const { words, format } = useScene();
  const { persona, data } = map;
  return (
    <div className="sj-filter">
      <span className="sj-pick">
        <span className="sj-cap">{words.persona}</span>
        <b title={whose(map, words)}>{whose(map, words)}</b>
        {persona && isEstimate(persona.share) && <span className="sj-cap">{format.percent(persona.share.value)}</span>}
      </span>
      {format.span(data) && <span className="sj-pick"><b>{format.span(data)}</b></span>}
      <span className="sj-pick"><b>{words.kind[map.kind]}</b></span>
      <Segments label={words.zoom} value={zoom} onChange={setZoom}
        choices={[["overview", words.zoomOverview], ["journey", words.zoomJourney], ["stage", words.zoomStage]]} />
      <span className="sj-space" />
      <CompletenessBar />
      <a className="sj-link" href="#sj-questions">{words.openQuestions(map.open_questions.length)}</a>
    </div>
  );
}
