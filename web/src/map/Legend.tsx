/* What the marks mean, with how many cells of each kind. */

import { completeness } from "../model/cells";
import type { Health, Provenance } from "../model/document";
import type { Deviation } from "../text/words";
import { HealthGlyph, ProvenanceGlyph } from "./Glyphs";
import { STRIP_FILL } from "./lanes/Conformance";
import { useScene } from "./scene";

const PROVENANCE: readonly Provenance[] = ["measured", "partly", "assumed", "unknown"];
const HEALTH: readonly Health[] = ["fine", "weak", "unknown"];
const DEVIATIONS: readonly Deviation[] = ["on_plan", "late", "repeated", "out_of_order", "skipped"];

export function ProvenanceLegend() {
  const { map, words, format } = useScene();
  const { counts } = completeness(map);
  return (
    <ul className="sj-legend">
      {PROVENANCE.map((kind) => (
        <li key={kind}><ProvenanceGlyph kind={kind} quiet={false} />{words.provenance[kind]} {format.count(counts[kind])}</li>
      ))}
    </ul>
  );
}

export function HealthLegend() {
  const { words } = useScene();
  return (
    <ul className="sj-legend">
      {HEALTH.map((health) => <li key={health}><HealthGlyph health={health} />{words.health[health]}</li>)}
    </ul>
  );
}

export function DeviationLegend() {
  const { words, lanes } = useScene();
  if (!lanes.some((lane) => lane.kind === "conformance")) return null;
  return (
    <ul className="sj-legend">
      {DEVIATIONS.map((key) => (
        <li key={key}>
          <svg width="14" height="9" aria-hidden="true">
            {key === "skipped"
              ? <rect x=".5" y=".5" width="13" height="8" fill="none" stroke="var(--control)" strokeDasharray="2.4 1.8" />
              : <rect width="14" height="9" fill={STRIP_FILL[key]} />}
          </svg>
          {words.deviation[key]}
        </li>
      ))}
    </ul>
  );
}
