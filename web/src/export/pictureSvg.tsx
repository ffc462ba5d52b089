/* The picture as SVG, drawn out of sight by the same components. */

import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import type { JourneyMap } from "../model/document";
import { type Lang, say } from "../model/values";
import { toSvg } from "../svg/serialise";
import { WORDS } from "../text";
import { PictureView } from "./PictureView";

function fontFace(): string {
  return document.getElementById("sojourn-font")?.textContent ?? "";
}

export function svgOf(root: HTMLElement, map: JourneyMap, lang: Lang): string {
  const title = WORDS[lang].mapOf(say(map.title, lang));
  const stages = map.stages.map((stage) => say(stage.title, lang)).join(", ");
  return toSvg(root, { title, description: `${WORDS[lang].stages}: ${stages}` }, fontFace());
}

export function pictureSvg(map: JourneyMap, lang: Lang, width = 1728): string {
  const stage = document.createElement("div");
  stage.style.cssText = `position:absolute;left:-100000px;top:0;width:${width}px`;
  document.body.append(stage);
  const root = createRoot(stage);
  flushSync(() => root.render(<PictureView map={map} lang={lang} width={width} />));
  try {
    return svgOf(stage.firstElementChild as HTMLElement, map, lang);
  } finally {
    root.unmount();
    stage.remove();
  }
}
