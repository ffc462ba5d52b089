/* Words on the river: counts in pills, who stays, who left, and the arcs above. */

import { labelFits } from "../model/arcs";
import type { Mark, Ribbon } from "../model/ribbon";
import { textWidth } from "../model/textWidth";
import { Arcs } from "./RibbonArcs";
import { dim, type RibbonPartProps } from "./RibbonMarks";
import { useScene } from "./scene";

export { labelFits };
const PILL = 24;

function Pill({ mark }: { mark: Mark }) {
  const { format, layout } = useScene();
  const text = format.count(mark.moves);
  const width = Math.ceil(textWidth(text, 12.5)) + 20;
  const span = layout.stages.find((s) => s.index === mark.target);
  const boundary = span ? span.x : mark.endX;
  const x = Math.max(mark.x + 2, Math.min(boundary - 10, mark.endX - 6) - width);
  const middle = mark.endY;
  const y = Math.min(middle - PILL / 2, mark.y + mark.height / 2 + 2);
  return (
    <g className="sj-pill">
      <rect x={x} y={y} width={width} height={PILL} rx={PILL / 2} />
      <text x={x + width / 2} y={y + 16.5} textAnchor="middle">{text}</text>
    </g>
  );
}

function StillLabel({ mark }: { mark: Mark }) {
  const { format, words } = useScene();
  const count = format.count(mark.moves);
  const inside = mark.height >= 17 &&
    textWidth(`${count} ${words.stillHere}`, 12) < mark.endX - mark.x - 12;
  if (inside) {
    return (
      <text x={mark.endX - 8} y={mark.endY + 4} textAnchor="end" className="sj-svg-cap">
        <tspan className="sj-svg-count">{count}</tspan> {words.stillHere}
      </text>
    );
  }
  return (
    <text x={mark.endX + 8} y={mark.endY + 3} className="sj-svg-cap">
      <tspan className="sj-svg-count">{count}</tspan>
      <tspan x={mark.endX + 8} dy="14">{words.stillHere}</tspan>
    </text>
  );
}

function LeftLabel({ mark, ribbon }: { mark: Mark; ribbon: Ribbon }) {
  const { format, words } = useScene();
  const count = format.count(mark.moves);
  const rest = `${words.left} · ${format.percent(mark.share)}`;
  const width = textWidth(`${count} ${rest}`, 12);
  const wide = mark.height > width - 30;
  const x = wide ? mark.endX + mark.height / 2 : mark.endX - 2;
  return (
    <text x={x} y={ribbon.baseY + 15} textAnchor={wide ? "middle" : "start"} className="sj-svg-loss">
      <tspan className="sj-svg-count">{count}</tspan> {rest}
    </text>
  );
}

function OutsideLabel({ mark }: { mark: Mark }) {
  const { format, words } = useScene();
  const count = format.count(mark.moves);
  const word = mark.kind === "new" ? words.newcomers : words.returned;
  if (mark.height >= 34) {
    return (
      <text x={mark.x + 10} y={mark.endY - 1} className="sj-svg-cap">
        <tspan className="sj-svg-count">{count}</tspan>
        <tspan x={mark.x + 10} dy="15">{word}</tspan>
      </text>
    );
  }
  const y = mark.height >= 16 ? mark.endY + 4 : mark.y + mark.height + 13;
  return (
    <text x={mark.x + 8} y={y} className="sj-svg-cap">
      <tspan className="sj-svg-count">{count}</tspan> {word}
    </text>
  );
}

export function RibbonLabels({ ribbon, lit, onFocus }: RibbonPartProps) {
  return (
    <>
      <Arcs ribbon={ribbon} lit={lit} onFocus={onFocus} />
      {ribbon.marks.map((mark) => (
        <g key={mark.id} className={`sj-words ${dim(lit, mark.id)}`}>
          {mark.kind === "forward" && <Pill mark={mark} />}
          {mark.kind === "still" && <StillLabel mark={mark} />}
          {mark.kind === "left" && <LeftLabel mark={mark} ribbon={ribbon} />}
          {(mark.kind === "new" || mark.kind === "returned") && <OutsideLabel mark={mark} />}
        </g>
      ))}
    </>
  );
}
