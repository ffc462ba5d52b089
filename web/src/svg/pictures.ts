/* SVG pictures of the page, copied with the styles the page gives them. */

import { num, type Box } from "./boxes";

const PAINT = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap",
  "stroke-linejoin", "opacity",
] as const;
const TYPE = ["font-size", "font-weight", "text-anchor", "letter-spacing"] as const;
const USUAL: Record<string, string> = {
  "fill-opacity": "1", "stroke-opacity": "1", opacity: "1", "stroke-linecap": "butt", "stroke-linejoin": "miter",
  stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", fill: "rgb(0, 0, 0)", "font-weight": "400",
  "text-anchor": "start", "letter-spacing": "normal",
};
const SHAPES = new Set(["path", "rect", "circle", "line", "g", "text", "tspan", "ellipse", "polygon", "polyline"]);
const DROPPED = ["class", "style", "role", "tabindex", "aria-label", "data-figure", "data-mark", "data-moves", "data-height"];

function paint(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  const isText = from.localName === "text" || from.localName === "tspan";
  for (const name of isText ? [...PAINT, ...TYPE] : PAINT) {
    const value = style.getPropertyValue(name);
    const plain = value.replace(/url\("?#([^")]+)"?\)/, "url(#$1)");
    if (plain && plain !== USUAL[name]) to.setAttribute(name, plain.replace(/(\d)px/g, "$1"));
    else to.removeAttribute(name);
  }
}

function copy(from: Element): Element {
  const to = from.cloneNode(false) as Element;
  if (SHAPES.has(from.localName)) paint(from, to);
  for (const name of DROPPED) to.removeAttribute(name);
  for (const child of from.childNodes) {
    if (child instanceof Element) to.append(copy(child));
    else if (child instanceof Text) to.append(child.cloneNode());
  }
  return to;
}

const serializer = new XMLSerializer();

function write(node: Node): string {
  return serializer.serializeToString(node).replace(/ xmlns="http:\/\/www\.w3\.org\/2000\/svg"/g, "");
}

export function pictureOf(svg: SVGSVGElement, origin: Box): string {
  const box = svg.getBoundingClientRect();
  const inner = copy(svg);
  const scale = svg.viewBox.baseVal && svg.viewBox.baseVal.width > 0 ? box.width / svg.viewBox.baseVal.width : 1;
  const content = [...inner.childNodes].map(write).join("");
  const style = getComputedStyle(svg);
  const inherited = [
    style.fill !== "rgb(0, 0, 0)" ? ` fill="${style.fill}"` : "",
    style.stroke !== "none" ? ` stroke="${style.stroke}" stroke-width="${num(Number.parseFloat(style.strokeWidth))}"` : "",
    style.opacity !== "1" ? ` opacity="${style.opacity}"` : "",
  ].join("");
  const move = `translate(${num(box.left - origin.x)} ${num(box.top - origin.y)})`;
  return `<g transform="${move}${scale === 1 ? "" : ` scale(${num(scale)})`}"${inherited}>${content}</g>`;
}

export function definitions(root: Element): string {
  return [...root.querySelectorAll(".sj-defs defs > *")].map((node) => write(copy(node))).join("");
}
