/* One row of the map: its label on the left, sticky, and its cells. */

import type { ReactNode } from "react";
import { Breakable } from "./Breakable";

export interface RowProps {
  readonly className?: string;
  readonly title: string;
  readonly note?: string;
  readonly index: number;
  readonly height?: number;
  readonly extra?: ReactNode;
  readonly children?: ReactNode;
}

export function Row({ className = "", title, note, index, height, extra, children }: RowProps) {
  return (
    <div role="row" aria-rowindex={index + 1} className={`sj-row ${className}`}
      style={height ? { minHeight: height } : undefined}>
      <div role="rowheader" className="sj-label">
        <span className="sj-label-title">{title}</span>
        {note && <span className="sj-label-note"><Breakable text={note} /></span>}
        {extra}
      </div>
      {children}
    </div>
  );
}
