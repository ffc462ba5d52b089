/* Focus goes into a sheet when it opens, stays there, and comes back when it closes. */

import { useEffect, useRef } from "react";

const FOCUSABLE = "button, a[href], summary, [tabindex='0']";

function keepInside(event: KeyboardEvent, box: HTMLElement): void {
  const all = [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((e) => e.tabIndex >= 0);
  const first = all[0];
  const last = all[all.length - 1];
  if (!first || !last) return;
  const at = document.activeElement;
  if (event.shiftKey && (at === first || at === box)) last.focus();
  else if (!event.shiftKey && at === last) first.focus();
  else return;
  event.preventDefault();
}

export function useModal(onClose: () => void, key: string) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const own = box.current;
    own?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") onClose();
      else if (event.key === "Tab" && own) keepInside(event, own);
    };
    own?.addEventListener("keydown", onKey);
    return () => {
      own?.removeEventListener("keydown", onKey);
      before?.focus();
    };
  }, []);
  useEffect(() => box.current?.scrollTo(0, 0), [key]);
  return box;
}
