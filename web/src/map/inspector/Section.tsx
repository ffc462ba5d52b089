/* A part of the inspector: a title, a quiet note on the right, what it holds. */

import type { ReactNode } from "react";

export interface SectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly children?: ReactNode;
}

export function Section({ title, note, children }: SectionProps) {
  return (
    <section className="sj-section">
      <div className="sj-section-head"><h3>{title}</h3>{note && <span className="sj-cap">{note}</span>}</div>
      {children}
    </section>
  );
}
