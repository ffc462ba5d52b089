/* One lane: its cells by provenance, gaps, and what is drawn over the whole row. */

import { laneSlots, ownQuestion, type Slot } from "../model/cells";
import { LABEL_WIDTH } from "../model/columns";
import type { Lane } from "../model/document";
import { isEstimate, say } from "../model/values";
import { ProvenanceGlyph } from "./Glyphs";
import { GridCell } from "./GridCell";
import { FeelingsAxis } from "./lanes/Feelings";
import { LANES } from "./lanes/registry";
import { Row } from "./Row";
import { useScene } from "./scene";

interface SlotProps {
  readonly slot: Slot;
  readonly lane: Lane;
  readonly row: number;
}

function UnknownBody({ slot, title }: { slot: Slot; title: string }) {
  const { lang, words } = useScene();
  const question = ownQuestion(say(slot.cell?.question, lang), title) || words.nothingHere;
  return <span className="sj-question">{question}</span>;
}

function SlotCell({ slot, lane, row }: SlotProps) {
  const { layout, lang, map } = useScene();
  const record = LANES[lane.kind];
  const { cell, first, count } = slot;
  const columns = layout.columns.slice(first, first + count);
  const width = columns.reduce((total, column) => total + column.width, 0);
  const edge = first > 0 && layout.stages.some((s) => s.first === first) ? "is-edge" : "";
  const step = columns[0]?.step;
  const title = say(step?.title ?? map.stages.find((s) => s.key === columns[0]?.stage)?.title, lang);
  const unbound = columns[0]?.step === null ? "sj-hatch" : "";
  if (!cell) return <GridCell row={row} first={first} count={count} className={`sj-gap ${unbound} ${edge}`} />;
  const unknown = cell.provenance === "unknown";
  const glyph = !unknown && lane.kind !== "feelings" && lane.kind !== "plays" && lane.kind !== "conformance";
  const Body = record.Body;
  return (
    <GridCell row={row} first={first} count={count}
      className={`sj-lane-cell is-${cell.provenance} ${unknown ? "sj-hatch" : ""} ${edge}`}>
      {unknown ? <UnknownBody slot={slot} title={title} /> : <Body cell={cell} lane={lane} slot={slot} width={width} title={title} />}
      {glyph && <span className="sj-cell-glyph"><ProvenanceGlyph kind={cell.provenance} /></span>}
    </GridCell>
  );
}

export function LaneRow({ lane, row }: { lane: Lane; row: number }) {
  const { layout, cells, lang, drawn, selection } = useScene();
  const own = cells.get(lane.key);
  const curve = [...(own?.values() ?? [])].some((cell) => isEstimate(cell.score));
  const plain = lane.kind === "feelings" && !curve;
  const silent = [...(own?.values() ?? [])].every((cell) => cell.provenance === "unknown");
  const record = LANES[plain ? "text" : lane.kind];
  const slots = laneSlots(layout, own).filter(
    (slot) => slot.first + slot.count > drawn[0] && slot.first < drawn[1],
  );
  const Overlay = record.Overlay;
  const chosen = selection?.kind === "step" ? layout.columns.find((c) => c.key === selection.key) : undefined;
  return (
    <Row className={`sj-lane sj-lane-${plain ? "words" : lane.kind}`} title={say(lane.title, lang)} note={say(lane.note, lang)}
      index={row} height={silent ? LANES.text.height : plain ? LANES.thoughts.height : record.height} extra={record.Overlay ? <FeelingsAxis /> : null}>
      {slots.map((slot) => <SlotCell key={slot.first} slot={slot} lane={lane} row={row} />)}
      {Overlay && <Overlay lane={lane} />}
      {chosen && <span className="sj-chosen" style={{ left: LABEL_WIDTH + chosen.x, width: chosen.width + 1 }} />}
    </Row>
  );
}
