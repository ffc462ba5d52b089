/* A figure that explains itself on hover, focus and tap. */

import type { ReactNode } from "react";
import type { Fact } from "../model/facts";
import { useScene } from "./scene";

export interface FigureProps {
  readonly fact: Fact;
  readonly className?: string;
  readonly children: ReactNode;
  readonly label?: string;
}

export function Figure({ fact, className = "", children, label }: FigureProps) {
  const { paper, explain } = useScene();
  if (paper) return <span className={`sj-fig ${className}`}>{children}</span>;
  return (
    <button
      type="button"
      className={`sj-fig ${className}`}
      tabIndex={-1}
      data-figure=""
      aria-label={label}
      onPointerEnter={(e) => e.pointerType === "mouse" && explain(fact, e.currentTarget)}
      onPointerLeave={(e) => e.pointerType === "mouse" && explain(null, e.currentTarget)}
      onFocus={(e) => explain(fact, e.currentTarget)}
      onBlur={(e) => explain(null, e.currentTarget)}
      onClick={(e) => {
        e.stopPropagation();
        explain(fact, e.currentTarget, true);
      }}
    >
      {children}
    </button>
  );
}
