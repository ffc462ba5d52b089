/* Keyboard in the map: one tab stop; arrows move, Enter goes into a cell, Escape comes out. */

import { type KeyboardEvent, useRef } from "react";
import { type GridKey, type GridPlace, type GridRow, moveInGrid, spanAt } from "../model/grid";

const PLAIN = new Set([
  "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown",
]);

function keyOf(event: KeyboardEvent): GridKey | null {
  if (event.altKey || event.metaKey) return null;
  if (event.ctrlKey) return event.key === "Home" ? "TopLeft" : event.key === "End" ? "BottomRight" : null;
  return PLAIN.has(event.key) ? (event.key as GridKey) : null;
}

function cellAt(root: Element, rows: readonly GridRow[], place: GridPlace): HTMLElement | null {
  const row = rows[place.row];
  const first = row?.spans[spanAt(row, place.column)]?.[0];
  return root.querySelector<HTMLElement>(`[data-row="${place.row}"][data-col="${first}"]`);
}

function placeOf(cell: HTMLElement): GridPlace {
  return { row: Number(cell.dataset.row), column: Number(cell.dataset.col) };
}

const figuresIn = (cell: Element): HTMLElement[] => [...cell.querySelectorAll<HTMLElement>("[data-figure]")];

/* Inside a cell the arrows go from figure to figure. */
function insideCell(event: KeyboardEvent, cell: HTMLElement, at: HTMLElement): void {
  const figures = figuresIn(cell);
  const by = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1
    : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0;
  if (event.key === "Escape") {
    cell.focus();
  } else if (by !== 0) {
    const next = figures[(figures.indexOf(at) + by + figures.length) % figures.length];
    next?.focus();
  } else if (event.key === "Enter" || event.key === " ") {
    at.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

export interface GridKeys {
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

export interface GridWays {
  readonly onLeave: () => void;
  /** Bring a column that is not drawn into view, so that it is. */
  readonly reveal: (root: Element, column: number) => void;
}

const DRAWN_MS = 80;

export function useGridKeys(rows: readonly GridRow[], { onLeave, reveal }: GridWays): GridKeys {
  const kept = useRef<GridPlace>({ row: 0, column: 0 });

  function go(root: HTMLElement, from: HTMLElement, place: GridPlace): void {
    const next = cellAt(root, rows, place);
    if (!next) {
      reveal(root, place.column);
      setTimeout(() => cellAt(root, rows, place) && go(root, from, place), DRAWN_MS);
      return;
    }
    from.tabIndex = -1;
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    kept.current = place;
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const root = event.currentTarget;
    const target = event.target as HTMLElement;
    const cell = target.closest<HTMLElement>("[data-row]");
    if (!cell) return;
    if (target !== cell) {
      insideCell(event, cell, target);
      return;
    }
    const key = keyOf(event);
    const here = placeOf(cell);
    if (key) {
      const place = kept.current.row === here.row && spanAt(rows[here.row], kept.current.column) === spanAt(rows[here.row], here.column)
        ? kept.current : here;
      go(root, cell, moveInGrid(rows, place, key));
    } else if (event.key === "Enter") {
      const openable = cell.getAttribute("role") === "columnheader";
      if (openable) cell.click();
      else figuresIn(cell)[0]?.focus();
    } else if (event.key === " ") {
      figuresIn(cell)[0]?.focus();
    } else if (event.key === "Escape") {
      onLeave();
      return;
    } else return;
    event.preventDefault();
  }

  return { onKeyDown };
}
