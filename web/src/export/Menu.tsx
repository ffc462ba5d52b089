/* A button that opens a short list; Escape and a click elsewhere close it. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Icon, type IconName } from "../map/Icons";

export interface MenuProps {
  readonly name: string;
  readonly icon: IconName;
  readonly bare?: boolean;
  readonly children: (close: () => void) => ReactNode;
}

export function Menu({ name, icon, bare = false, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div className="sj-menu-anchor" ref={box} onKeyDown={(e) => { if (open && e.key === "Escape") { e.stopPropagation(); close(); } }}>
      <button ref={button} type="button" className={bare ? "sj-icon-button" : "sj-button"} aria-expanded={open} aria-haspopup="true"
        aria-label={bare ? name : undefined} onClick={() => setOpen(!open)}>
        <Icon name={icon} size={bare ? 20 : 16} />{!bare && name}
      </button>
      {open && <div className="sj-menu">{children(close)}</div>}
    </div>
  );
}
