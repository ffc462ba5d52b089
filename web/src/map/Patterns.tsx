/* Fills shared by every picture of the map: hatches, and the strips of plan against actual. */

export function Patterns() {
  const lines = { stroke: "var(--ink2)", strokeWidth: 1.6 };
  return (
    <svg className="sj-defs" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="sj-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M.5 0V7" stroke="var(--hatch)" strokeWidth="1" />
        </pattern>
        <pattern id="sj-late" width="4.4" height="4.4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M1 0V4.4" {...lines} strokeWidth="2" />
        </pattern>
        <pattern id="sj-repeated" width="3.4" height="8" patternUnits="userSpaceOnUse">
          <path d="M1 0V8" {...lines} />
        </pattern>
        <pattern id="sj-order" width="3.4" height="3.4" patternUnits="userSpaceOnUse">
          <rect width="1.7" height="1.7" x=".6" y=".6" fill="var(--ink2)" />
        </pattern>
        <pattern id="sj-opening" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M1 0V4" stroke="var(--surface)" strokeWidth="1.6" />
        </pattern>
        <marker id="sj-arrow" viewBox="0 0 8 8" refX="4" refY="6.4" markerWidth="8" markerHeight="8"
          markerUnits="userSpaceOnUse" orient="auto">
          <path d="m1 1.6 6 2.4-6 2.4" transform="translate(0 2.4)" fill="none" stroke="var(--control)" strokeWidth="1.4" />
        </marker>
      </defs>
    </svg>
  );
}
