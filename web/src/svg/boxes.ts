/* Boxes of the page as SVG rectangles and lines: backgrounds, borders, hatches. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CLEAR = new Set(["transparent", "rgba(0, 0, 0, 0)"]);

export function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function px(value: string): number {
  return Number.parseFloat(value) || 0;
}

function rect(box: Box, attributes: string): string {
  return `<rect x="${num(box.x)}" y="${num(box.y)}" width="${num(box.width)}" height="${num(box.height)}" ${attributes}/>`;
}

function radius(style: CSSStyleDeclaration): string {
  const r = px(style.borderTopLeftRadius);
  return r > 0 ? ` rx="${num(r)}"` : "";
}

export function background(box: Box, style: CSSStyleDeclaration, hatched: boolean): string {
  const solid = CLEAR.has(style.backgroundColor) ? "" : rect(box, `fill="${style.backgroundColor}"${radius(style)}`);
  const hatch = hatched ? rect(box, `fill="url(#sj-hatch)"${radius(style)}`) : "";
  return solid + hatch;
}

interface Side {
  readonly width: number;
  readonly color: string;
  readonly dash: string;
  readonly line: readonly [x1: number, y1: number, x2: number, y2: number];
}

function sides(box: Box, style: CSSStyleDeclaration): Side[] {
  const { x, y, width, height } = box;
  const read = (name: "Top" | "Right" | "Bottom" | "Left"): Omit<Side, "line"> | null => {
    const kind = style[`border${name}Style`];
    const thick = px(style[`border${name}Width`]);
    const color = style[`border${name}Color`];
    if (kind === "none" || thick === 0 || CLEAR.has(color)) return null;
    return { width: thick, color, dash: kind === "dashed" ? "3 2.4" : "" };
  };
  const lines = {
    Top: (t: number) => [x, y + t / 2, x + width, y + t / 2] as const,
    Right: (t: number) => [x + width - t / 2, y, x + width - t / 2, y + height] as const,
    Bottom: (t: number) => [x, y + height - t / 2, x + width, y + height - t / 2] as const,
    Left: (t: number) => [x + t / 2, y, x + t / 2, y + height] as const,
  };
  return (["Top", "Right", "Bottom", "Left"] as const).flatMap((name) => {
    const side = read(name);
    return side ? [{ ...side, line: lines[name](side.width) }] : [];
  });
}

function stroke(side: Side): string {
  const dash = side.dash ? ` stroke-dasharray="${side.dash}"` : "";
  return `stroke="${side.color}" stroke-width="${num(side.width)}"${dash}`;
}

export function borders(box: Box, style: CSSStyleDeclaration): string {
  const found = sides(box, style);
  const first = found[0];
  const whole = found.length === 4 && found.every((s) => s.color === first?.color && s.dash === first.dash);
  if (whole && first) {
    const half = first.width / 2;
    const inner = { x: box.x + half, y: box.y + half, width: box.width - first.width, height: box.height - first.width };
    return rect(inner, `fill="none" ${stroke(first)}${radius(style)}`);
  }
  return found
    .map((s) => `<line x1="${num(s.line[0])}" y1="${num(s.line[1])}" x2="${num(s.line[2])}" y2="${num(s.line[3])}" ${stroke(s)}/>`)
    .join("");
}

/** A box drawn by ::before, as assumed cells and range bars have. */
export function pseudo(element: Element, box: Box, style: CSSStyleDeclaration): string {
  const before = getComputedStyle(element, "::before");
  if (before.content === "none" || before.position !== "absolute") return "";
  const own: Box = {
    x: box.x + px(style.borderLeftWidth) + px(before.left),
    y: box.y + px(style.borderTopWidth) + px(before.top),
    width: px(before.width) + (before.boxSizing === "border-box" ? 0 : px(before.borderLeftWidth) * 2),
    height: px(before.height),
  };
  return background(own, before, false) + borders(own, before);
}
