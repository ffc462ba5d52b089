/* Planned against actual: a strip that adds up to everybody, each kind with its own pattern. */

import type { Item } from "../../model/document";
import { itemFact } from "../../model/facts";
import { isEstimate, say } from "../../model/values";
import type { Deviation, Words } from "../../text/words";
import { Figure } from "../Figure";
import { useScene } from "../scene";
import type { CellProps } from "./types";

export const STRIP_FILL: Record<string, string> = {
  on_plan: "var(--ink2)",
  late: "url(#sj-late)",
  repeated: "url(#sj-repeated)",
  out_of_order: "url(#sj-order)",
  skipped: "none",
};

const shareOf = (item: Item): number => (isEstimate(item.share) ? item.share.value : 0);

export function deviationName(key: string, words: Words): string {
  return words.deviation[key as Deviation] ?? key;
}

export function Strip({ shares, width, height = 8 }: { shares: readonly Item[]; width: number; height?: number }) {
  let x = 0;
  const total = shares.reduce((all, item) => all + shareOf(item), 0) || 1;
  return (
    <svg className="sj-strip" width={width} height={height} aria-hidden="true">
      {shares.map((item) => {
        const w = (shareOf(item) / total) * width;
        const start = x;
        x += w;
        if (w < 0.4) return null;
        const gap = Math.min(1, w / 3);
        if (item.label === "skipped") {
          return <rect key={item.label} x={start + 0.5} y=".5" width={Math.max(0.5, w - 1)} height={height - 1}
            fill="none" stroke="var(--control)" strokeDasharray="2.4 1.8" />;
        }
        return <rect key={item.label} x={start} y="0" width={Math.max(0.5, w - gap)} height={height}
          fill={STRIP_FILL[item.label] ?? "var(--hatch)"} />;
      })}
    </svg>
  );
}

export function ConformanceCell({ cell, title, width }: CellProps) {
  const scene = useScene();
  const { words, format, lang } = scene;
  if (cell.shares.length === 0) return <span className="sj-text is-quiet">{say(cell.text, lang)}</span>;
  const plan = cell.shares.find((item) => item.label === "on_plan");
  const worst = cell.shares
    .filter((item) => item.label !== "on_plan" && shareOf(item) > 0)
    .sort((a, b) => shareOf(b) - shareOf(a))[0];
  return (
    <>
      <Strip shares={cell.shares} width={Math.max(40, width - 20)} />
      <span className="sj-conform">
        {plan && (
          <Figure fact={itemFact(title, { ...plan, label: words.deviation.on_plan }, cell, scene)}>
            <b>{format.percentWhole(shareOf(plan))}%</b>
          </Figure>
        )}{" "}
        {worst && (
          <Figure fact={itemFact(title, { ...worst, label: deviationName(worst.label, words) }, cell, scene)}>
            {deviationName(worst.label, words)} {format.percentWhole(shareOf(worst))}%
          </Figure>
        )}
      </span>
    </>
  );
}
