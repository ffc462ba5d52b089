/* SVG path text of the shapes a ribbon is made of. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A band between two vertical edges, S-shaped, of heights `h0` and `h1`. */
export function band(from: Point, to: Point, h0: number, h1: number): string {
  const middle = (from.x + to.x) / 2;
  return (
    `M${n(from.x)} ${n(from.y)}C${n(middle)} ${n(from.y)} ${n(middle)} ${n(to.y)} ${n(to.x)} ${n(to.y)}` +
    `V${n(to.y + h1)}C${n(middle)} ${n(to.y + h1)} ${n(middle)} ${n(from.y + h0)} ${n(from.x)} ${n(from.y + h0)}Z`
  );
}

/** One edge of a band. */
export function edge(from: Point, to: Point): string {
  const middle = (from.x + to.x) / 2;
  return `M${n(from.x)} ${n(from.y)}C${n(middle)} ${n(from.y)} ${n(middle)} ${n(to.y)} ${n(to.x)} ${n(to.y)}`;
}

/** Out of a node to the right and down to a base line, as wide at the end as at the start. */
export function leak(from: Point, height: number, baseX: number, baseY: number): string {
  const right = baseX + height;
  const low = from.y + height;
  const reach = (right - from.x) * 0.62;
  const inner = Math.max(4, (baseX - from.x) * 0.62);
  return (
    `M${n(from.x)} ${n(from.y)}C${n(from.x + reach)} ${n(from.y)} ${n(right)} ${n(mix(from.y, baseY, 0.3))} ${n(right)} ${n(baseY)}` +
    `H${n(baseX)}C${n(baseX)} ${n(mix(low, baseY, 0.3))} ${n(from.x + inner)} ${n(low)} ${n(from.x)} ${n(low)}Z`
  );
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** Up from one node's top, across, and down to another's, with rounded corners. */
export function arch(x0: number, x1: number, top: number, level: number, radius: number): string {
  const way = x1 > x0 ? 1 : -1;
  const r = Math.max(0, Math.min(radius, top - level, Math.abs(x1 - x0) / 2));
  return (
    `M${n(x0)} ${n(top)}V${n(level + r)}Q${n(x0)} ${n(level)} ${n(x0 + way * r)} ${n(level)}` +
    `H${n(x1 - way * r)}Q${n(x1)} ${n(level)} ${n(x1)} ${n(level + r)}V${n(top)}`
  );
}

/** Slopes of a monotone cubic (Fritsch and Carlson 1980): no overshoot between points. */
function slopes(points: readonly Point[]): number[] {
  const deltas = points.slice(1).map((p, i) => {
    const before = points[i] ?? p;
    return (p.y - before.y) / (p.x - before.x || 1);
  });
  return points.map((_, i) => {
    const left = deltas[i - 1];
    const right = deltas[i];
    if (left === undefined) return right ?? 0;
    if (right === undefined) return left;
    return left * right <= 0 ? 0 : (2 * left * right) / (left + right);
  });
}

function curveFrom(points: readonly Point[]): string {
  const slope = slopes(points);
  return points
    .slice(1)
    .map((p, i) => {
      const before = points[i] ?? p;
      const third = (p.x - before.x) / 3;
      const y1 = before.y + third * (slope[i] ?? 0);
      const y2 = p.y - third * (slope[i + 1] ?? 0);
      return `C${n(before.x + third)} ${n(y1)} ${n(p.x - third)} ${n(y2)} ${n(p.x)} ${n(p.y)}`;
    })
    .join("");
}

/** A smooth line through the points that never overshoots them. */
export function smooth(points: readonly Point[]): string {
  const first = points[0];
  return first ? `M${n(first.x)} ${n(first.y)}${curveFrom(points)}` : "";
}

/** The area between two smooth lines over the same x. */
export function smoothBand(upper: readonly Point[], lower: readonly Point[]): string {
  const back = [...lower].reverse();
  const turn = back[0];
  if (!turn || upper.length < 2) return "";
  return `${smooth(upper)}L${n(turn.x)} ${n(turn.y)}${curveFrom(back)}Z`;
}

/** A staircase, as a Kaplan-Meier curve is drawn. */
export function steps(points: readonly Point[]): string {
  return points
    .map((p, i) => (i === 0 ? `M${n(p.x)} ${n(p.y)}` : `H${n(p.x)}V${n(p.y)}`))
    .join("");
}

export function stepsBand(upper: readonly Point[], lower: readonly Point[]): string {
  const back = [...lower].reverse();
  const turn = back[0];
  if (!turn) return "";
  const home = back.slice(1).map((p) => `V${n(p.y)}H${n(p.x)}`).join("");
  return `${steps(upper)}L${n(turn.x)} ${n(turn.y)}${home}Z`;
}
