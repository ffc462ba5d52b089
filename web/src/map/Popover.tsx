/* What a figure says about itself, floating beside it. */

import { useLayoutEffect, useRef, useState } from "react";
import type { Fact } from "../model/facts";
import type { Words } from "../text/words";

export interface Explained {
  readonly fact: Fact;
  readonly at: Element;
  readonly pinned: boolean;
}

interface PopoverProps {
  readonly shown: Explained;
  readonly words: Words;
  readonly asOf: string;
  readonly onClose: () => void;
}

interface Spot {
  readonly left: number;
  readonly top: number;
}

function place(at: Element, box: DOMRect): Spot {
  const anchor = at.getBoundingClientRect();
  const room = { width: document.documentElement.clientWidth, height: window.innerHeight };
  const middle = anchor.left + Math.min(anchor.width, 160) / 2;
  const left = Math.max(8, Math.min(middle - box.width / 2, room.width - box.width - 8));
  const below = anchor.bottom + 8;
  const top = below + box.height > room.height - 8 ? anchor.top - box.height - 8 : below;
  return { left, top: Math.max(8, Math.min(top, room.height - box.height - 8)) };
}

export function Popover({ shown, words, asOf, onClose }: PopoverProps) {
  const box = useRef<HTMLDivElement>(null);
  const [spot, setSpot] = useState<Spot>({ left: -999, top: -999 });
  useLayoutEffect(() => {
    if (box.current) setSpot(place(shown.at, box.current.getBoundingClientRect()));
  }, [shown]);
  const { fact } = shown;
  const caption = [
    fact.interval && `${words.interval} ${fact.interval}`,
    fact.n && words.n(fact.n),
  ].filter(Boolean).join(" · ");
  return (
    <div ref={box} className={`sj-popover ${shown.pinned ? "is-pinned" : ""}`} role="tooltip"
      style={{ left: spot.left, top: spot.top }}>
      <div className="sj-popover-title">{fact.title}</div>
      <div className="sj-popover-value">{fact.value}</div>
      {caption && <div className="sj-cap">{caption}</div>}
      {(fact.lines ?? []).filter(Boolean).map((line) => <div key={line} className="sj-popover-line">{line}</div>)}
      {fact.definition && <p className="sj-popover-def">{fact.definition}</p>}
      {asOf && <div className="sj-cap">{asOf}</div>}
      {shown.pinned && (
        <button type="button" className="sj-icon-button sj-popover-close" aria-label={words.close} onClick={onClose}>×</button>
      )}
    </div>
  );
}
