/* The feelings curve over the whole row: band, line, points by provenance, value and n at each. */

import { useMemo } from "react";
import type { Lane } from "../../model/document";
import type { Fact } from "../../model/facts";
import { evidenceLines } from "../../model/facts";
import { type FeelingPoint, feelingCurve, yOf } from "../../model/feelings";
import { fixed } from "../../model/numbers";
import { say } from "../../model/values";
import { useScene } from "../scene";
import { useWatch } from "../RibbonMarks";

export const FEELINGS_HEIGHT = 136;
const AXIS = { height: FEELINGS_HEIGHT, top: 24, bottom: 24 };
const BAD = -0.5;

function Dot({ point }: { point: FeelingPoint }) {
  const tone = point.value < BAD ? "var(--loss)" : "var(--ink)";
  const { x, y } = point;
  if (point.provenance === "assumed") {
    return <circle cx={x} cy={y} r="4.6" fill="var(--surface)" stroke="var(--ink)" strokeWidth="1.4" strokeDasharray="2 1.7" />;
  }
  if (point.provenance === "partly") {
    return (
      <g>
        <circle cx={x} cy={y} r="4.4" fill="var(--surface)" stroke={tone} strokeWidth="1.4" />
        <path d={`M${x} ${y - 4.4}a4.4 4.4 0 0 0 0 8.8Z`} fill={tone} />
      </g>
    );
  }
  return <circle cx={x} cy={y} r="4.6" fill={tone} stroke="var(--surface)" strokeWidth="1.4" />;
}

function PointLabel({ point }: { point: FeelingPoint }) {
  const { format, words } = useScene();
  const below = point.value < 0;
  const y = below ? point.y + 20 : point.y - 12;
  const note = point.provenance === "assumed" ? words.assumed : words.n(format.count(point.n));
  return (
    <text x={point.x} y={y} textAnchor="middle" className="sj-svg-cap">
      <tspan className={`sj-score ${point.value < BAD ? "is-loss" : ""}`}>{format.score(point.value)}</tspan>
      <tspan dx="5">{note}</tspan>
    </text>
  );
}

export function FeelingsOverlay({ lane }: { lane: Lane }) {
  const scene = useScene();
  const { cells, layout, format, words, lang, map } = scene;
  const own = cells.get(lane.key) ?? new Map();
  const curve = useMemo(() => feelingCurve(own, layout, AXIS), [own, layout]);
  const watch = useWatch(() => undefined);
  const fact = (point: FeelingPoint): Fact => {
    const cell = own.get(point.step);
    const step = map.steps.find((s) => s.key === point.step);
    const guessed = point.provenance === "assumed";
    return {
      title: `${say(step?.title, lang)}: ${words.feeling}`,
      value: format.score(point.value),
      ...(guessed ? {} : { interval: format.range(fixed(point.low, 1), fixed(point.high, 1)), n: format.count(point.n) }),
      definition: words.scoreDefinition,
      lines: cell ? evidenceLines(cell, scene) : [],
    };
  };
  return (
    <svg className="sj-overlay" width={layout.width} height={FEELINGS_HEIGHT} role="img" aria-label={words.feelingsLabel}>
      {[2, 0, -2].map((score) => (
        <path key={score} d={`M0 ${yOf(score, AXIS)}H${layout.width}`} className={score === 0 ? "sj-zero" : "sj-gridline"} />
      ))}
      {curve.bands.map((d) => <path key={d} d={d} className="sj-band" />)}
      {curve.dashes.map((d) => <path key={d} d={d} className="sj-line-dash" />)}
      {curve.lines.map((d) => <path key={d} d={d} className="sj-line" />)}
      {curve.points.map((point) => (
        <g key={point.step} className="sj-point" {...watch(`point:${point.step}`, fact(point))}>
          <circle cx={point.x} cy={point.y} r="14" fill="transparent" />
          <Dot point={point} />
          <PointLabel point={point} />
        </g>
      ))}
    </svg>
  );
}

export function FeelingsAxis() {
  return (
    <svg className="sj-axis-labels" width="30" height={FEELINGS_HEIGHT} aria-hidden="true">
      {[2, 0, -2].map((score) => (
        <text key={score} x="26" y={yOf(score, AXIS) + 4} textAnchor="end" className="sj-svg-cap">
          {score > 0 ? `+${score}` : score < 0 ? `−${-score}` : "0"}
        </text>
      ))}
    </svg>
  );
}
