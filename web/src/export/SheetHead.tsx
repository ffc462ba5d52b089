/* The head of a picture or a printed sheet. */

import { say } from "../model/values";
import { whose } from "../model/whose";
import { CompletenessBar } from "../map/Completeness";
import { Logo } from "../map/Icons";
import { useScene } from "../map/scene";

export function SheetHead() {
  const { map, words, format, lang } = useScene();
  const { data, goal } = map;
  const who = whose(map, words);
  const days = format.spanDays(data);
  const facts = [
    who, format.span(data) + (days ? ` (${format.duration(days)})` : ""), words.kind[map.kind], map.scenario,
  ];
  return (
    <header className="sj-sheet-head">
      <Logo />
      <div className="sj-sheet-title">
        <h1>{say(map.title, lang)}</h1>
        <p>{facts.filter(Boolean).join(" · ")}</p>
      </div>
      <div className="sj-sheet-side">
        <CompletenessBar width={90} />
        <p>{goal ? `${words.goal}: ${[goal.text, goal.due && format.date(goal.due), goal.owner].filter(Boolean).join(" · ")}` : words.openQuestions(map.open_questions.length)}</p>
      </div>
      <div className="sj-sheet-side sj-sheet-version">
        <b>{words.version(map.version)}</b>
        <p>{data.as_of && words.dataTo(format.dateTime(data.as_of))}</p>
        {data.simulated && <span className="sj-chip is-warn">{words.simulated}</span>}
      </div>
    </header>
  );
}
