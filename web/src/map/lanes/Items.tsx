/* Ranked names with their share: touchpoints, sources, friction, metrics. */

import type { Cell, Item } from "../../model/document";
import { itemFact } from "../../model/facts";
import { isEstimate, say } from "../../model/values";
import { Breakable } from "../Breakable";
import { Figure } from "../Figure";
import { useScene } from "../scene";
import type { CellProps } from "./types";

const SHOWN = 3;

interface LineProps {
  readonly item: Item;
  readonly cell: Cell;
  readonly title: string;
  readonly loss: boolean;
}

function name(item: Item, lang: "en" | "ko"): string {
  return item.note ? say(item.note, lang) : item.label;
}

function Line({ item, cell, title, loss }: LineProps) {
  const scene = useScene();
  const { format, lang, words } = scene;
  const share = isEstimate(item.share) ? item.share.value : null;
  const width = share === null ? 0 : Math.max(2, share * 100);
  return (
    <Figure fact={itemFact(title, item, cell, scene)} className={`sj-item ${loss ? "is-loss" : ""}`}>
      <span className="sj-item-name">
        {share !== null && <span className="sj-item-bar" style={{ width: `${Math.min(100, width)}%` }} />}
        <span><Breakable text={name(item, lang)} /></span>
      </span>
      <span className="sj-item-share">
        {share === null ? <span className="sj-cap">{item.count > 0 && words.n(format.count(item.count))}</span> : format.percentWhole(share)}
      </span>
    </Figure>
  );
}

/* A cell over many steps sets its names side by side, none wider than a reader's eye. */
function wide(perRow: number, count: number): { columnCount: number; maxWidth: number } | undefined {
  if (perRow < 2) return undefined;
  const columnCount = Math.min(perRow, count);
  return { columnCount, maxWidth: columnCount * 240 };
}

export function ItemsCell({ cell, lane, title, width }: CellProps) {
  const { words, lang } = useScene();
  const perRow = Math.max(1, Math.floor(width / 200));
  /* What never happens is no friction. */
  const items = lane.kind === "friction" ? cell.items.filter((item) => item.count > 0) : cell.items;
  const shown = items.slice(0, SHOWN * Math.min(perRow, 4));
  if (shown.length === 0) return <span className="sj-text is-quiet">{say(cell.text, lang) || "—"}</span>;
  const hidden = items.length - shown.length;
  return (
    <>
      <div className="sj-items" style={wide(perRow, shown.length)}>
        {shown.map((item) => (
          <Line key={item.label} item={item} cell={cell} title={title} loss={lane.kind === "friction"} />
        ))}
      </div>
      {hidden > 0 && <span className="sj-cap">{words.more(hidden)}</span>}
      {cell.text && <span className="sj-cap">{say(cell.text, lang)}</span>}
    </>
  );
}
