/* The part of a wide map that is on screen, for maps too wide to draw whole. */

import { useEffect, useState } from "react";

export function useWindow(on: boolean, key: string): readonly [number, number] | null {
  const [seen, setSeen] = useState<readonly [number, number]>([0, 1728]);
  useEffect(() => {
    const scroller = document.querySelector<HTMLElement>(".sj-scroll");
    if (!on || !scroller) return undefined;
    let asked = 0;
    const look = (): void => {
      asked = 0;
      setSeen([scroller.scrollLeft, scroller.scrollLeft + scroller.clientWidth]);
    };
    const ask = (): void => {
      asked ||= requestAnimationFrame(look);
    };
    look();
    scroller.addEventListener("scroll", ask, { passive: true });
    return () => {
      scroller.removeEventListener("scroll", ask);
      cancelAnimationFrame(asked);
    };
  }, [on, key]);
  return on ? seen : null;
}
