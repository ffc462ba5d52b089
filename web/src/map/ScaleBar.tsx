/* How many people the height stands for. */

import { niceBelow } from "../model/scale";
import type { Ribbon } from "../model/ribbon";
import { useScene } from "./scene";

export function ScaleBar({ ribbon }: { ribbon: Ribbon }) {
  const { format, words } = useScene();
  if (ribbon.marks.length === 0) return null;
  const people = niceBelow(40 / ribbon.scale);
  const height = Math.round(people * ribbon.scale * 10) / 10;
  return (
    <div className="sj-scale">
      <svg width="6" height={height} aria-hidden="true">
        <path d={`M5.5 .5H.5V${height - 0.5}H5.5`} fill="none" stroke="var(--control)" />
      </svg>
      <span>{words.staysCount(format.lang === "ko" ? format.short(people) : format.count(people))}</span>
    </div>
  );
}
