/* In and out of a stage: two sides of one node, equal by count. */

import { inOut, spread, spreadHeight, type WayShape } from "../../model/inout";
import { stageFlows } from "../../model/flows";
import { hue } from "../../model/stageHue";
import { sum } from "../../model/values";
import { useScene } from "../scene";
import { Section } from "./Section";

const WIDTH = 312;
const LEFT = 104;
const RIGHT = 196;

function WayLabel({ way, x, anchor }: { way: WayShape; x: number; anchor: "start" | "end" }) {
  const { format } = useScene();
  return (
    <text x={x} y={way.labelY - 2} textAnchor={anchor} className={way.tone === "loss" ? "sj-svg-loss sj-small" : "sj-svg-cap"}>
      {way.name}
      <tspan x={x} dy="13" className="sj-svg-count">{format.count(way.moves)}</tspan>
    </text>
  );
}

export function InOutFigure({ index }: { index: number }) {
  const { map, words, lang, format } = useScene();
  const flows = stageFlows(map)[index];
  if (!flows || flows.total === 0) return null;
  const ways = inOut(flows, map, words, lang);
  const scale = 78 / flows.total;
  const height = Math.max(100, spreadHeight(ways.into, scale), spreadHeight(ways.out, scale));
  const nodeTop = (height - 78) / 2;
  const left = spread(ways.into, { fromX: LEFT, toX: 148, nodeTop, scale, height });
  const right = spread(ways.out, { fromX: RIGHT, toX: 155, nodeTop, scale, height });
  const balance = flows.residual === 0
    ? words.inEqualsOut(format.count(sum(ways.into.map((w) => w.moves))))
    : words.doesNotAddUp(format.count(Math.abs(flows.residual)));
  return (
    <Section title={words.inAndOut} note={balance}>
      <svg className={`sj-inout sj-hue-${hue(index)}`} width={WIDTH} height={height} role="img" aria-label={words.inAndOut}>
        {left.map((way) => <path key={way.id} d={way.path} className="sj-way is-quiet" />)}
        {right.map((way) => <path key={way.id} d={way.path} className={`sj-way is-${way.tone}`} />)}
        <rect x="148" y={nodeTop} width="7" height="78" className="sj-node-fill" />
        {left.map((way) => <WayLabel key={way.id} way={way} x={LEFT - 6} anchor="end" />)}
        {right.map((way) => <WayLabel key={way.id} way={way} x={RIGHT + 6} anchor="start" />)}
      </svg>
    </Section>
  );
}
