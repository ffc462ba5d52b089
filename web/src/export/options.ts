/* How the exported file opens. Written by sojourn.adapters.html beside the map. */

import { isPaper, type Paper } from "../model/paper";
import type { Lang } from "../model/values";

export type Theme = "light" | "dark";
/** page: read and explore; print: sheets; picture: the whole map at once, for SVG and PNG. */
export type Mode = "page" | "print" | "picture";

export interface Options {
  readonly lang: Lang;
  readonly theme: Theme;
  readonly mode: Mode;
  /** Width of the picture in pixels. */
  readonly width: number;
  readonly paper: Paper;
}

export function readOptions(raw: Partial<Options>): Options {
  return {
    lang: raw.lang === "ko" ? "ko" : "en",
    theme: raw.theme === "dark" ? "dark" : "light",
    mode: raw.mode === "print" || raw.mode === "picture" ? raw.mode : "page",
    paper: isPaper(raw.paper) ? raw.paper : "a3",
    width: typeof raw.width === "number" && raw.width > 0 ? raw.width : 1728,
  };
}
