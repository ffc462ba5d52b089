/* The steps: title, people who reached it, health. */

import type { Column } from "../model/columns";
import { reachedFact } from "../model/facts";
import { say } from "../model/values";
import { Breakable } from "./Breakable";
import { Figure } from "./Figure";
import { HealthGlyph } from "./Glyphs";
import { GridCell } from "./GridCell";
import { Row } from "./Row";
import { useScene } from "./scene";

const NARROW = 72;
/* A count this large is said short in a column this narrow; its tooltip says it in full. */
const LONG = 100_000;
const TIGHT = 150;

function StepCell({ column, index, row }: { column: Column; index: number; row: number }) {
  const scene = useScene();
  const { words, format, lang, selection, select, layout } = scene;
  const edge = layout.stages.some((s) => s.first === index && index > 0) ? "is-edge" : "";
  const step = column.step;
  if (!step) {
    return (
      <GridCell row={row} first={index} role="columnheader" className={`sj-step is-unbound sj-hatch ${edge}`}>
        <span className="sj-step-title">{words.unboundTitle}</span>
      </GridCell>
    );
  }
  const selected = selection?.kind === "step" && selection.key === step.key;
  const open = (): void => select(selected ? null : { kind: "step", key: step.key });
  const title = say(step.title, lang);
  const narrow = column.width < NARROW;
  const tight = column.width < TIGHT && step.reached >= LONG;
  return (
    <GridCell row={row} first={index} role="columnheader" selected={selected} onOpen={open}
      className={`sj-step ${edge} ${selected ? "is-selected" : ""} ${narrow ? "is-narrow" : ""}`}
      label={narrow ? `${title}, ${words.reached(format.count(step.reached))}, ${words.health[step.health]}` : undefined}>
      {!narrow && <span className="sj-step-title"><Breakable text={title} /></span>}
      <Figure fact={reachedFact(step, scene)} className="sj-step-reach">
        {!narrow && <span className="sj-cap">{words.reached((tight ? format.short : format.count)(step.reached))}</span>}
        <HealthGlyph health={step.health} />
      </Figure>
    </GridCell>
  );
}

export function StepHeader({ row }: { row: number }) {
  const { layout, words, drawn, map } = useScene();
  const columns = layout.columns.slice(drawn[0], drawn[1]);
  return (
    <Row className="sj-steps" title={words.steps} note={words.stepsNote(map.steps.length)} index={row}>
      {columns.map((column, i) => (
        <StepCell key={column.key} column={column} index={drawn[0] + i} row={row} />
      ))}
    </Row>
  );
}
