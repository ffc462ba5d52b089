/* A place of the map that the keyboard can stand on. */

import type { CSSProperties, ReactNode } from "react";

export interface GridCellProps {
  readonly row: number;
  readonly first: number;
  readonly count?: number;
  readonly role?: "gridcell" | "columnheader";
  readonly className?: string;
  readonly style?: CSSProperties;
  readonly label?: string | undefined;
  readonly selected?: boolean;
  readonly onOpen?: () => void;
  readonly children?: ReactNode;
}

export function GridCell(props: GridCellProps) {
  const { row, first, count = 1, role = "gridcell", className = "", style, label, onOpen } = props;
  return (
    <div
      role={role}
      className={`sj-cell ${className}`}
      data-row={row}
      data-col={first}
      data-count={count}
      tabIndex={row === 0 && first === 0 ? 0 : -1}
      aria-label={label}
      aria-colindex={first + 2}
      aria-colspan={count > 1 ? count : undefined}
      aria-selected={props.selected ? true : undefined}
      style={{ ...style, gridColumn: `${first + 2} / span ${count}` }}
      onClick={onOpen}
    >
      {props.children}
    </div>
  );
}
