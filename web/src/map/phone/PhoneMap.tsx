/* The map at phone width: stages stacked, the ribbon running down the left. */

import { useMemo } from "react";
import { columnRibbon } from "../../model/column";
import { EmptyMap } from "../EmptyMap";
import { Patterns } from "../Patterns";
import { useScene } from "../scene";
import { RIBBON_ROOM } from "./PhoneRibbon";
import { StageBlock } from "./StageBlock";

export function PhoneMap() {
  const { map, select } = useScene();
  const ribbon = useMemo(() => columnRibbon(map, RIBBON_ROOM), [map]);
  if (map.stages.length === 0) return <EmptyMap />;
  return (
    <div className="sj-ph-map">
      <Patterns />
      {map.stages.map((stage, i) => {
        const piece = ribbon[i];
        return piece && (
          <StageBlock key={stage.key} stage={stage} ribbon={piece} onOpen={() => select({ kind: "stage", key: stage.key })} />
        );
      })}
    </div>
  );
}
