/* The drawn map as one SVG of real text and shapes: what the page shows, at the place it shows it. */

import { background, borders, type Box, num, pseudo } from "./boxes";
import { definitions, pictureOf } from "./pictures";
import { escapeXml, textOf } from "./texts";

const SKIPPED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE"]);

function hidden(element: Element, style: CSSStyleDeclaration): boolean {
  return SKIPPED.has(element.tagName) || style.display === "none" || style.visibility === "hidden" ||
    element.classList.contains("sj-sr") || element.classList.contains("sj-defs");
}

function boxOf(element: Element, origin: Box): Box {
  const r = element.getBoundingClientRect();
  return { x: r.left - origin.x, y: r.top - origin.y, width: r.width, height: r.height };
}

/* Curves lie under the words of their row, as the page stacks them. */
function inOrder(element: Element): ChildNode[] {
  const over = (node: ChildNode): number =>
    node instanceof Element && node.classList.contains("sj-overlay") ? 0 : 1;
  return [...element.childNodes].sort((a, b) => over(a) - over(b));
}

function draw(element: Element, origin: Box): string {
  const style = getComputedStyle(element);
  if (hidden(element, style)) return "";
  if (element instanceof SVGSVGElement) return pictureOf(element, origin);
  const box = boxOf(element, origin);
  const hatched = element.classList.contains("sj-hatch");
  const own = style.display === "contents" ? "" : background(box, style, hatched) + pseudo(element, box, style) + borders(box, style);
  const inner = inOrder(element).map((node) => {
    if (node instanceof Text) return textOf(node, style, origin);
    return node instanceof Element ? draw(node, origin) : "";
  }).join("");
  const opacity = style.opacity === "1" ? "" : style.opacity;
  return opacity ? `<g opacity="${opacity}">${own}${inner}</g>` : own + inner;
}

export interface SvgNames {
  readonly title: string;
  readonly description: string;
}

/** Serialise an element that is laid out on the page; `face` is the @font-face rule to embed. */
export function toSvg(root: HTMLElement, names: SvgNames, face: string): string {
  const r = root.getBoundingClientRect();
  const origin: Box = { x: r.left, y: r.top, width: r.width, height: r.height };
  const size = `width="${num(r.width)}" height="${num(r.height)}" viewBox="0 0 ${num(r.width)} ${num(r.height)}"`;
  const family = "Pretendard, 'Apple SD Gothic Neo', 'Noto Sans KR', 'Malgun Gothic', sans-serif";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" font-family="${family}" style="font-variant-numeric:tabular-nums">` +
    `<title>${escapeXml(names.title)}</title><desc>${escapeXml(names.description)}</desc>` +
    `<defs><style>${face}</style>${definitions(root)}</defs>${draw(root, origin)}</svg>\n`
  );
}
