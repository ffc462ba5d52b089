/* Names with a bar, count and share: last events, touchpoints, friction. */

import type { Item } from "../../model/document";
import { isEstimate, say } from "../../model/values";
import { Breakable } from "../Breakable";
import { useScene } from "../scene";

export function Ranked({ items, loss = false }: { items: readonly Item[]; loss?: boolean }) {
  const { format, lang, words } = useScene();
  return (
    <ul className={`sj-ranked ${loss ? "is-loss" : ""}`}>
      {items.map((item) => {
        const share = isEstimate(item.share) ? item.share : null;
        return (
          <li key={item.label}>
            <span className="sj-ranked-name">
              {share && <span className="sj-item-bar" style={{ width: `${Math.min(100, share.value * 100)}%` }} />}
              <span><Breakable text={item.note ? say(item.note, lang) : item.label} /></span>
            </span>
            <span className="sj-ranked-count">{item.count > 0 && format.count(item.count)}</span>
            <span className="sj-ranked-share">
              {share && <b>{format.percent(share.value)}</b>}
              {share && <span className="sj-cap"> {format.percentRange(share)}</span>}
            </span>
          </li>
        );
      })}
      {items.some((item) => isEstimate(item.share)) && (
        <li className="sj-cap">{words.interval}</li>
      )}
    </ul>
  );
}
