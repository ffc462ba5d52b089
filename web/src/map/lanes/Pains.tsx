/* Pains: words, a bar from low to high on one scale for the map, the range beneath. */

import { stakeScale } from "../../model/cells";
import { stakeFact } from "../../model/facts";
import { isStake, say } from "../../model/values";
import { Figure } from "../Figure";
import { useScene } from "../scene";
import type { CellProps } from "./types";

export function PainsCell({ cell, title }: CellProps) {
  const scene = useScene();
  const { format, lang, map, words } = scene;
  const stake = cell.stake;
  const scale = isStake(stake) ? stakeScale(map, stake.unit) : 1;
  return (
    <>
      <span className="sj-text">{say(cell.text, lang)}</span>
      {isStake(stake) ? (
        <Figure fact={stakeFact(title, stake, scene)} className={`sj-pain ${stake.high > 0 ? "" : "is-zero"}`}>
          <span className="sj-range" aria-hidden="true">
            <span style={{
              left: `${(stake.low / scale) * 100}%`,
              width: `${Math.max(1.5, ((stake.high - stake.low) / scale) * 100)}%`,
            }} />
          </span>
          <b>{stake.unit === "money" ? format.money(stake, true) : words.peopleRange(format.money(stake))}</b>
        </Figure>
      ) : (
        stake && <span className="sj-uncosted sj-cap">{words.notCosted}</span>
      )}
    </>
  );
}
