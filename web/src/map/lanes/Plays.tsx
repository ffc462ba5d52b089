/* Plays: a card across its steps with title, result and state. */

import { say } from "../../model/values";
import { useScene } from "../scene";
import type { CellProps } from "./types";

export function PlaysCell({ cell }: CellProps) {
  const { lang } = useScene();
  const state = cell.items[0];
  return (
    <div className={`sj-play ${cell.provenance === "assumed" ? "is-idea" : ""}`}>
      <b>{say(cell.text, lang)}</b>
      {state?.note && <span className="sj-cap">{say(state.note, lang)}</span>}
      {state && <span className="sj-play-state">{state.label}</span>}
    </div>
  );
}
