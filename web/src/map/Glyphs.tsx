/* Small marks: provenance, health, the stage's badge. Each has a name beside it or for readers. */

import type { Health, Provenance } from "../model/document";
import { hue, repeated } from "../model/stageHue";
import { useScene } from "./scene";

export function ProvenanceGlyph({ kind, quiet = true }: { kind: Provenance; quiet?: boolean }) {
  const { words } = useScene();
  const muted = quiet && kind === "measured" ? 0.45 : 1;
  return (
    <svg className="sj-glyph" width="10" height="10" viewBox="0 0 10 10" role="img"
      aria-label={words.provenance[kind]} style={{ opacity: muted }}>
      {kind === "measured" && <circle cx="5" cy="5" r="4" fill="var(--ink2)" />}
      {kind === "partly" && (
        <>
          <circle cx="5" cy="5" r="3.6" fill="none" stroke="var(--ink2)" strokeWidth="1.2" />
          <path d="M5 1.2A3.8 3.8 0 0 0 5 8.8Z" fill="var(--ink2)" />
        </>
      )}
      {kind === "assumed" && (
        <circle cx="5" cy="5" r="3.7" fill="none" stroke="var(--ink2)" strokeWidth="1.2"
          strokeDasharray="1.6 1.3" />
      )}
      {kind === "unknown" && (
        <>
          <rect x=".6" y=".6" width="8.8" height="8.8" rx="1.5" fill="none" stroke="var(--ink2)" strokeWidth="1" />
          <path d="M.8 6 6 .8M2.6 9.2 9.2 2.6M6.4 9.2 9.2 6.4" stroke="var(--ink2)" strokeWidth="1" />
        </>
      )}
    </svg>
  );
}

export function HealthGlyph({ health, size = 14 }: { health: Health; size?: number }) {
  const { words } = useScene();
  return (
    <svg className="sj-health" width={size} height={size} viewBox="0 0 14 14" role="img"
      aria-label={words.health[health]}>
      {health === "fine" && (
        <g fill="none" stroke="var(--good)" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
          <circle cx="7" cy="7" r="5.8" />
          <path d="m4.4 7.2 1.8 1.8 3.5-3.8" />
        </g>
      )}
      {health === "weak" && <path d="M1.6 2.6h10.8L7 12Z" fill="var(--loss)" />}
      {health === "unknown" && (
        <g fill="none" stroke="var(--ink3)" strokeWidth="1.4" strokeLinecap="round">
          <circle cx="7" cy="7" r="5.8" strokeDasharray="2.2 2.1" />
          <path d="M4.8 7h4.4" />
        </g>
      )}
    </svg>
  );
}

export function StageBadge({ index }: { index: number }) {
  return (
    <span className={`sj-badge sj-tone-${hue(index)} ${repeated(index) ? "is-repeat" : ""}`}>
      {index + 1}
    </span>
  );
}
