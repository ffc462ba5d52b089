/* What is not known, gathered by place; long lists open on demand, and in full on paper. */

import { ownQuestion } from "../model/cells";
import { say } from "../model/values";
import { type Scene, useScene } from "./scene";

const SHOWN = 12;
const ON_PAPER = 24;

interface Group {
  readonly where: string;
  readonly name: string;
  readonly questions: string[];
}

function placeName(where: string, { map, lang, words }: Scene): string {
  const found = map.steps.find((s) => s.key === where) ?? map.stages.find((s) => s.key === where) ??
    map.lanes.find((l) => l.key === where);
  return say(found?.title, lang) || words.overMap;
}

export function questionGroups(scene: Scene): Group[] {
  const groups = new Map<string, Group>();
  for (const { where, question } of scene.map.open_questions) {
    const name = placeName(where, scene);
    const group = groups.get(where) ?? { where, name, questions: [] };
    group.questions.push(ownQuestion(say(question, scene.lang), name));
    groups.set(where, group);
  }
  return [...groups.values()];
}

function List({ groups }: { groups: readonly Group[] }) {
  return (
    <dl className="sj-asks">
      {groups.map((group) => (
        <div key={group.where}>
          <dt>{group.name}</dt>
          {group.questions.map((question, i) => <dd key={i}>{question}</dd>)}
        </div>
      ))}
    </dl>
  );
}

/* The first groups that hold about `most` questions. */
function firstGroups(groups: readonly Group[], most: number): number {
  let count = 0;
  const end = groups.findIndex((group) => (count += group.questions.length) > most);
  return end < 0 ? groups.length : Math.max(1, end);
}

export function OpenQuestions() {
  const scene = useScene();
  const { map, words, paper } = scene;
  const groups = questionGroups(scene);
  const cut = firstGroups(groups, paper ? ON_PAPER : SHOWN);
  const rest = groups.slice(cut);
  const hidden = rest.reduce((all, group) => all + group.questions.length, 0);
  return (
    <section className={`sj-note sj-note-asks ${map.open_questions.length > 8 ? "is-wide" : ""}`} id="sj-questions">
      <h2>{words.unknownTitle(map.open_questions.length)}</h2>
      {groups.length === 0 ? <p>{words.nothingUnknown}</p> : <List groups={groups.slice(0, cut)} />}
      {hidden > 0 && (paper ? <p className="sj-cap">{words.more(hidden)}</p> : (
        <details className="sj-details"><summary>{words.more(hidden)}</summary><List groups={rest} /></details>
      ))}
    </section>
  );
}
