/* Moving through the map with the keyboard: rows of spans, one column kept in mind. */

export interface GridRow {
  readonly key: string;
  /** Where each cell of the row begins and how many columns it covers, left to right. */
  readonly spans: readonly (readonly [first: number, count: number])[];
}

export interface GridPlace {
  readonly row: number;
  /** Column the user is in; kept while passing rows with wide cells. */
  readonly column: number;
}

export type GridKey =
  | "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown"
  | "Home" | "End" | "PageUp" | "PageDown" | "TopLeft" | "BottomRight";

const clamp = (value: number, top: number): number => Math.max(0, Math.min(top, value));

/** Index of the cell of `row` that covers `column`. */
export function spanAt(row: GridRow | undefined, column: number): number {
  const spans = row?.spans ?? [];
  const found = spans.findIndex(([first, count]) => column >= first && column < first + count);
  return found < 0 ? Math.max(0, spans.length - 1) : found;
}

function sideways(rows: readonly GridRow[], place: GridPlace, by: number): GridPlace {
  const row = rows[place.row];
  const next = clamp(spanAt(row, place.column) + by, (row?.spans.length ?? 1) - 1);
  return { row: place.row, column: row?.spans[next]?.[0] ?? 0 };
}

function ends(rows: readonly GridRow[], row: number, last: boolean): GridPlace {
  const spans = rows[row]?.spans ?? [];
  return { row, column: (last ? spans[spans.length - 1] : spans[0])?.[0] ?? 0 };
}

export function moveInGrid(rows: readonly GridRow[], place: GridPlace, key: GridKey): GridPlace {
  const bottom = rows.length - 1;
  switch (key) {
    case "ArrowLeft": return sideways(rows, place, -1);
    case "ArrowRight": return sideways(rows, place, 1);
    case "ArrowUp": return { ...place, row: clamp(place.row - 1, bottom) };
    case "ArrowDown": return { ...place, row: clamp(place.row + 1, bottom) };
    case "Home": return ends(rows, place.row, false);
    case "End": return ends(rows, place.row, true);
    case "PageUp": return { ...place, row: clamp(place.row - 4, bottom) };
    case "PageDown": return { ...place, row: clamp(place.row + 4, bottom) };
    case "TopLeft": return ends(rows, 0, false);
    case "BottomRight": return ends(rows, bottom, true);
  }
}
