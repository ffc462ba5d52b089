/* The map on paper: sheets of A3 landscape, split by stage where one is too narrow. */

import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { LABEL_WIDTH } from "../model/columns";
import type { JourneyMap } from "../model/document";
import { sheetWidth, splitSheets } from "../model/sheets";
import type { Lang } from "../model/values";
import { MapGrid } from "../map/MapGrid";
import { Notes } from "../map/Notes";
import { SceneContext, useScene } from "../map/scene";
import { useMapScene } from "../map/useMapScene";
import { SheetHead } from "./SheetHead";

/* A3 landscape at 96 px an inch, less 10 mm margins. */
const SMALLEST = 0.4;
/* A column with little to say grows no wider on paper. */
const WIDEST = 300;
const SHEET = { width: 1511, height: 1046 };

interface SheetProps {
  readonly map: JourneyMap;
  readonly lang: Lang;
  readonly only: readonly string[];
  readonly index: number;
  readonly count: number;
}

function SheetFoot({ index, count }: { index: number; count: number }) {
  const { words } = useScene();
  return <footer className="sj-sheet-foot"><span>{words.madeBy}</span><span>{words.sheet(index + 1, count)} · A3</span></footer>;
}

/* A sheet too wide or too high for the paper is drawn smaller as a whole. */
function useFit(height: number, start: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(start);
  useLayoutEffect(() => {
    const own = ref.current?.getBoundingClientRect().height ?? 0;
    if (own > height && zoom > SMALLEST) setZoom(Math.max(SMALLEST, zoom - 0.03));
  }, [height, zoom]);
  return { ref, zoom };
}

function Sheet({ map, lang, only, index, count }: SheetProps) {
  const least = sheetWidth(map, only);
  const { ref, zoom } = useFit(SHEET.height, Math.min(1, SHEET.width / (least + LABEL_WIDTH + 2)));
  const columns = map.stages.filter((s) => only.includes(s.key)).reduce(
    (all, s) => all + Math.max(1, map.steps.filter((step) => step.stage === s.key).length), 0);
  const room = Math.min(SHEET.width / zoom - LABEL_WIDTH - 2, Math.max(least, columns * WIDEST));
  const scene = useMapScene({ map, lang, room, zoom: "journey", only, paper: true });
  return (
    <SceneContext.Provider value={scene}>
      <div className="sj-sheet" style={{ width: SHEET.width, height: SHEET.height }}>
        <div ref={ref} className="sj-paper" style={{ zoom, width: SHEET.width / zoom }}>
          <SheetHead />
          <div className="sj-frame"><MapGrid bandHeight={92} /></div>
          {index === count - 1 && <Notes />}
          <SheetFoot index={index} count={count} />
        </div>
      </div>
    </SceneContext.Provider>
  );
}

export function PrintView({ map, lang }: { map: JourneyMap; lang: Lang }) {
  const sheets = useMemo(() => splitSheets(map, SHEET.width - LABEL_WIDTH - 2), [map]);
  return (
    <>
      {sheets.map((only, i) => (
        <Sheet key={only.join()} map={map} lang={lang} only={only} index={i} count={sheets.length} />
      ))}
    </>
  );
}
