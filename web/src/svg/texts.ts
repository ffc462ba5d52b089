/* Text of the page as SVG text, one element a line, where the browser has set it. */

import { num, type Box } from "./boxes";

const ratios = new Map<string, number>();

/** Share of a line's box above the baseline, for a font. */
function ascent(style: CSSStyleDeclaration): number {
  const font = `${style.fontWeight} 100px ${style.fontFamily}`;
  const known = ratios.get(font);
  if (known !== undefined) return known;
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 0.8;
  context.font = font;
  const measured = context.measureText("Hg한");
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = measured;
  const ratio = up + down > 0 ? up / (up + down) : 0.8;
  ratios.set(font, ratio);
  return ratio;
}

export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

interface Line {
  text: string;
  readonly rect: DOMRect;
}

/* Words of a text node, joined again where they stand on the same line. */
function lines(node: Text): Line[] {
  const found: Line[] = [];
  const range = document.createRange();
  for (const match of node.data.matchAll(/\S+\s*/g)) {
    for (const piece of pieces(node, match.index, match.index + match[0].trimEnd().length, range)) {
      const last = found[found.length - 1];
      if (last && Math.abs(last.rect.top - piece.rect.top) < 2) last.text += ` ${piece.text}`;
      else found.push(piece);
    }
  }
  return found;
}

/* A word broken over lines comes in parts. */
function pieces(node: Text, from: number, to: number, range: Range): Line[] {
  range.setStart(node, from);
  range.setEnd(node, to);
  const rects = range.getClientRects();
  const first = rects[0];
  if (!first) return [];
  if (rects.length === 1) return [{ text: node.data.slice(from, to), rect: first }];
  const found: Line[] = [];
  for (let i = from; i < to; i += 1) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const rect = range.getClientRects()[0];
    if (!rect) continue;
    const last = found[found.length - 1];
    if (last && Math.abs(last.rect.top - rect.top) < 2) last.text += node.data[i] ?? "";
    else found.push({ text: node.data[i] ?? "", rect });
  }
  return found;
}

export function fontAttributes(style: CSSStyleDeclaration): string {
  const parts = [`font-size="${num(Number.parseFloat(style.fontSize))}"`];
  if (style.fontWeight !== "400") parts.push(`font-weight="${style.fontWeight}"`);
  if (style.letterSpacing !== "normal") parts.push(`letter-spacing="${num(Number.parseFloat(style.letterSpacing))}"`);
  if (/monospace/.test(style.fontFamily) && /^ui-monospace/.test(style.fontFamily)) {
    parts.push('font-family="ui-monospace, Menlo, Consolas, D2Coding, Pretendard, monospace"');
  }
  return parts.join(" ");
}

export function textOf(node: Text, style: CSSStyleDeclaration, origin: Box): string {
  if (!node.data.trim()) return "";
  const ratio = ascent(style);
  const underline = style.textDecorationLine.includes("underline") ? ' text-decoration="underline"' : "";
  return lines(node)
    .map(({ text, rect }) => {
      const x = num(rect.left - origin.x);
      const y = num(rect.top - origin.y + rect.height * ratio);
      return `<text x="${x}" y="${y}" fill="${style.color}" ${fontAttributes(style)}${underline}>${escapeXml(text)}</text>`;
    })
    .join("");
}
