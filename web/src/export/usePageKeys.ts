/* Keys of the whole page: T for the table, + − 0 for zoom, Escape closes the innermost thing. */

import { useEffect } from "react";
import type { Zoom } from "../model/columns";

const STEPS: readonly Zoom[] = ["overview", "journey", "stage"];

export interface PageKeys {
  readonly setZoom: (change: (zoom: Zoom) => Zoom) => void;
  readonly toggleView: () => void;
  readonly escape: () => void;
}

function zoomed(zoom: Zoom, by: number): Zoom {
  return STEPS[Math.max(0, Math.min(STEPS.length - 1, STEPS.indexOf(zoom) + by))] ?? "journey";
}

export function usePageKeys({ setZoom, toggleView, escape }: PageKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const inField = (event.target as Element | null)?.closest?.("input, textarea, select");
      if (inField) return;
      if (event.code === "KeyT") toggleView();
      else if (event.key === "+" || event.key === "=") setZoom((zoom) => zoomed(zoom, 1));
      else if (event.key === "-" || event.key === "−") setZoom((zoom) => zoomed(zoom, -1));
      else if (event.key === "0") setZoom(() => "journey");
      else if (event.key === "Escape") escape();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [setZoom, toggleView, escape]);
}
