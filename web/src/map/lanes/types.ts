/* How one kind of lane is drawn. One kind, one file, one record in `registry.ts`. */

import type { ReactNode } from "react";
import type { Cell, Lane } from "../../model/document";
import type { Slot } from "../../model/cells";

export interface CellProps {
  readonly cell: Cell;
  readonly lane: Lane;
  readonly slot: Slot;
  readonly width: number;
  /** Stage the cell's first step belongs to and its words, for titles of popovers. */
  readonly title: string;
}

export interface LaneRecord {
  /** Least height of the row at zoom journey, in pixels. */
  readonly height: number;
  readonly Body: (props: CellProps) => ReactNode;
  /** Drawn over the whole row, behind the cells. */
  readonly Overlay?: (props: { readonly lane: Lane }) => ReactNode;
  /** Whether cells span wide in one line (a list side by side). */
  readonly empty?: "hatch" | "blank";
}
