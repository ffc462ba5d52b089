/* A press anywhere but on the popover or a figure closes what was pinned. */

import { useEffect } from "react";

export function useAway(on: boolean, close: () => void): void {
  useEffect(() => {
    if (!on) return undefined;
    const away = (event: PointerEvent): void => {
      const at = event.target as Element | null;
      if (!at?.closest(".sj-popover, [data-figure]")) close();
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [on]);
}
