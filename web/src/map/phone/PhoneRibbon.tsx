/* One stage's piece of the vertical ribbon; the next stage's piece goes on below it. */

import type { ColumnStage } from "../../model/column";
import { hue } from "../../model/stageHue";

export const RIBBON_ROOM = 53;

export function PhoneRibbon({ stage, first }: { stage: ColumnStage; first: boolean }) {
  const top = first ? 18 : 0;
  const { outside, opening } = stage;
  return (
    <div className={`sj-vr sj-hue-${hue(stage.index)}`} aria-hidden="true">
      {outside.moves > 0 && (
        <span className="sj-vr-new" style={{ left: outside.x, width: Math.max(1, outside.width), top: first ? 0 : -12, height: first ? 18 : 12 }} />
      )}
      <span className="sj-vr-node" style={{ width: stage.width, top }}>
        {opening.width > 0.5 && <span className="sj-vr-opening" style={{ left: opening.x, width: opening.width }} />}
      </span>
      {stage.strands.map((s) => (
        <span key={s.kind} className={`sj-vr-${s.kind}`} data-strand={s.kind} data-moves={s.moves}
          style={{ left: s.x, width: s.width, top: top + 5 }} />
      ))}
    </div>
  );
}
