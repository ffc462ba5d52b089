/* Words on the river: counts in pills, who stays, who left, and the arcs above. */

import { useMemo } from "react";
import { type Label, PILL_HEIGHT, placeLabels } from "../model/labels";
import { Arcs } from "./RibbonArcs";
import { dim, type RibbonPartProps } from "./RibbonMarks";
import { useScene } from "./scene";

function Pill({ label }: { label: Label }) {
  return (
    <g className="sj-pill">
      <rect x={label.x} y={label.y} width={label.width} height={PILL_HEIGHT} rx={PILL_HEIGHT / 2} />
      <text x={label.x + label.width / 2} y={label.y + 16.5} textAnchor="middle">{label.count}</text>
    </g>
  );
}

function Words({ label }: { label: Label }) {
  const { x, y, anchor, stacked } = label;
  return (
    <text x={x} y={y} textAnchor={anchor} className={label.kind === "left" ? "sj-svg-loss" : "sj-svg-cap"}>
      <tspan className="sj-svg-count">{label.count}</tspan>
      {stacked ? <tspan x={x} dy="14">{label.word}</tspan> : <tspan dx="4">{label.word}</tspan>}
    </text>
  );
}

export function RibbonLabels({ ribbon, lit, onFocus }: RibbonPartProps) {
  const { words, format, layout } = useScene();
  const labels = useMemo(() => {
    const edges = new Map(layout.stages.map((span) => [span.index, span.x]));
    return placeLabels({ ribbon, words, format, boundary: (stage) => edges.get(stage) ?? layout.width });
  }, [ribbon, words, format, layout]);
  return (
    <>
      <Arcs ribbon={ribbon} lit={lit} onFocus={onFocus} />
      {labels.map((label) => (
        <g key={`${label.kind}:${label.id}`} className={`sj-words ${dim(lit, label.id)}`}>
          {label.kind === "pill" ? <Pill label={label} /> : <Words label={label} />}
        </g>
      ))}
    </>
  );
}
