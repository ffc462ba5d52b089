/* Sizes of paper, all landscape, and how large the map's type stands on each. */

export type Paper = "a3" | "a4" | "a0";

export interface PaperSize {
  /** Width and height of the page, as style sheets write them: they know no A0 by name. */
  readonly page: string;
  /** Inside the margins, in pixels at 96 an inch. */
  readonly width: number;
  readonly height: number;
  /** Type is this many times as large as on screen. */
  readonly scale: number;
  /** How much too wide a map may be and still be drawn smaller on one sheet, not split by stage. */
  readonly shrink: number;
  /** What is not known and how to read it fill a sheet of their own. */
  readonly ownNotes: boolean;
}

export const PAPERS: Readonly<Record<Paper, PaperSize>> = {
  a3: { page: "420mm 297mm", width: 1511, height: 1046, scale: 1, shrink: 1.22, ownNotes: false },
  a4: { page: "297mm 210mm", width: 1046, height: 718, scale: 1, shrink: 1, ownNotes: true },
  a0: { page: "1189mm 841mm", width: 4418, height: 3102, scale: 2, shrink: 1.22, ownNotes: false },
};

export function isPaper(value: unknown): value is Paper {
  return typeof value === "string" && value in PAPERS;
}
