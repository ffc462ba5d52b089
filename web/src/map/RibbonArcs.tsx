/* Back-moves and skips above the river. */

import { type Arc, labelFits } from "../model/arcs";
import type { Fact } from "../model/facts";
import { hue } from "../model/stageHue";
import { textWidth } from "../model/textWidth";
import { say } from "../model/values";
import { dim, type RibbonPartProps, useWatch } from "./RibbonMarks";
import { type Scene, useScene } from "./scene";

function arcFact(arc: Arc, { map, words, format, lang }: Scene): Fact {
  const name = (index: number): string => say(map.stages[index]?.title, lang);
  const kind = arc.kind === "back" ? "back" : "skip";
  return {
    title: `${name(arc.source)} → ${name(arc.target)}: ${words.flowKinds[kind]}`,
    value: words.movesCount(format.count(arc.moves)),
    definition: words.flowDefinition[kind],
  };
}

function ArcLabel({ arc }: { arc: Arc }) {
  const width = textWidth(arc.label, 12) + 14;
  return (
    <g>
      <rect x={arc.labelX - width / 2} y={arc.labelY - 9} width={width} height="18" rx="9" className="sj-arc-plate" />
      <text x={arc.labelX} y={arc.labelY + 4} textAnchor="middle" className="sj-svg-word">{arc.label}</text>
    </g>
  );
}

export function Arcs({ ribbon, lit, onFocus }: RibbonPartProps) {
  const scene = useScene();
  const watch = useWatch(onFocus);
  const { folded } = ribbon.arcs;
  return (
    <>
      {ribbon.arcs.arcs.map((arc) => {
        const broad = arc.width > 5;
        const tone = broad ? `is-broad sj-hue-${hue(arc.source)}` : "";
        return (
          <g key={arc.id} className={`sj-arc sj-arc-${arc.kind} ${tone} ${dim(lit, arc.id)}`} data-mark={arc.id}
            data-moves={arc.moves} data-height={arc.width} {...watch(arc.id, arcFact(arc, scene))}>
            <path d={arc.path} strokeWidth={arc.width} className={`sj-arc-line ${arc.width > 2.5 ? "is-long" : ""}`} />
            {broad && <path d={arc.path} className="sj-arc-core" />}
            <path d={`M${arc.arrow.x - 3.4} ${arc.arrow.y - 5}l3.4 4.6 3.4-4.6`} className="sj-arc-head" />
            {labelFits(arc) && <ArcLabel arc={arc} />}
          </g>
        );
      })}
      {folded.length > 0 && (
        <g>
          <rect x="6" y="2" width={textWidth(scene.words.foldedMoves(folded.length), 11.5) + 12} height="17" className="sj-arc-plate" />
          <text x="12" y="14" className="sj-svg-cap">{scene.words.foldedMoves(folded.length)}</text>
        </g>
      )}
    </>
  );
}
