/* The one loud figure of a panel: value, interval, n, what it counts. */

import type { Fact } from "../../model/facts";
import { useScene } from "../scene";

export interface HeadlineProps {
  readonly fact: Fact;
  readonly name: string;
  readonly change?: string | undefined;
  readonly worse?: boolean;
}

export function Headline({ fact, name, change, worse = false }: HeadlineProps) {
  const { words } = useScene();
  const known = fact.n !== undefined;
  const caption = [fact.interval, fact.n && words.n(fact.n)].filter(Boolean).join(" · ");
  return (
    <div className="sj-headline">
      <span className={known ? "sj-loud" : "sj-loud is-words"}>{fact.value}</span>
      <span className="sj-headline-side">
        <span>{name}</span>
        {caption && <span className="sj-cap">{caption}</span>}
      </span>
      {change && (
        <span className="sj-headline-side is-end">
          <span className={worse ? "is-loss-text" : ""}>{change}</span>
          <span className="sj-cap">{words.changeNote}</span>
        </span>
      )}
    </div>
  );
}
