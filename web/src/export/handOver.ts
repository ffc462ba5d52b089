/* For a program that drives the browser: the picture's size and its SVG, left in the document. */

import type { JourneyMap } from "../model/document";
import type { Lang } from "../model/values";
import { svgOf } from "./pictureSvg";

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return btoa(binary);
}

export async function handOver(map: JourneyMap, lang: Lang): Promise<void> {
  const picture = document.querySelector<HTMLElement>(".sj-picture");
  if (!picture) return;
  const box = picture.getBoundingClientRect();
  const meta = document.createElement("meta");
  meta.name = "sojourn-picture";
  meta.content = `${Math.ceil(box.width)}x${Math.ceil(box.height)}`;
  const holder = document.createElement("script");
  holder.type = "text/plain";
  holder.id = "sojourn-svg";
  holder.textContent = base64(svgOf(picture, map, lang));
  document.head.append(meta, holder);
}
