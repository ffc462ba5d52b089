/* How much of the map is known: a bar in the four styles of provenance. */

import { completeness } from "../model/cells";
import type { Provenance } from "../model/document";
import { useScene } from "./scene";

const ORDER: readonly Provenance[] = ["measured", "partly", "assumed", "unknown"];

export function CompletenessBar({ width = 76 }: { width?: number }) {
  const { map, words, format } = useScene();
  const { counts, total, share } = completeness(map);
  if (share === null) return null;
  let x = 0;
  return (
    <span className="sj-complete">
      <svg width={width} height="8" aria-hidden="true">
        {ORDER.map((kind) => {
          const w = (counts[kind] / total) * width;
          const start = x;
          x += w;
          if (w < 0.5) return null;
          const box = { x: start, y: 0, width: Math.max(1, w - 1.5), height: 8 };
          if (kind === "measured") return <rect key={kind} {...box} fill="var(--ink2)" />;
          if (kind === "partly") return (
            <g key={kind}><rect {...box} y={0} height={4} fill="var(--ink2)" opacity=".45" /><rect {...box} y={4} height={4} fill="var(--ink2)" /></g>
          );
          if (kind === "assumed") return (
            <rect key={kind} x={start + 0.5} y=".5" width={Math.max(1, w - 2.5)} height="7" fill="none" stroke="var(--control)" strokeDasharray="2 1.5" />
          );
          return <rect key={kind} {...box} fill="url(#sj-hatch)" stroke="var(--hatch)" strokeWidth=".5" />;
        })}
      </svg>
      <b>{words.known(`${format.percentWhole(share)}%`)}</b>
    </span>
  );
}
