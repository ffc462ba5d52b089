/* The map on paper: sheets of A3, A4 or A0 landscape, split by stage where one is too narrow. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { LABEL_WIDTH } from "../model/columns";
import type { JourneyMap } from "../model/document";
import { type Paper, PAPERS } from "../model/paper";
import { sheetWidth, splitSheets } from "../model/sheets";
import type { Lang } from "../model/values";
import { MapGrid } from "../map/MapGrid";
import { Notes } from "../map/Notes";
import { SceneContext, useScene } from "../map/scene";
import { useMapScene } from "../map/useMapScene";
import { SheetHead } from "./SheetHead";

/* No sheet is drawn smaller than this part of its usual size. */
const SMALLEST = 0.4;
/* A column with little to say grows no wider on paper. */
const WIDEST = 300;

interface SheetProps {
  readonly map: JourneyMap;
  readonly lang: Lang;
  readonly paper: Paper;
  /** Stages drawn; none on the sheet of the notes. */
  readonly only: readonly string[];
  readonly index: number;
  readonly count: number;
}

function SheetFoot({ index, count, paper }: Pick<SheetProps, "index" | "count" | "paper">) {
  const { words } = useScene();
  return (
    <footer className="sj-sheet-foot">
      <span>{words.madeBy}</span><span>{words.sheet(index + 1, count)} · {paper.toUpperCase()}</span>
    </footer>
  );
}

/* Until the fonts are there, lines break elsewhere and a sheet is lower or higher. */
function useFonts(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    void document.fonts.ready.then(() => setReady(true));
  }, []);
  return ready;
}

/* A sheet too wide or too high for the paper is drawn smaller as a whole. */
function useFit(height: number, start: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(start);
  const fonts = useFonts();
  useLayoutEffect(() => {
    const own = ref.current?.getBoundingClientRect().height ?? 0;
    if (own > height && zoom > SMALLEST) setZoom(Math.max(SMALLEST, zoom - 0.03));
  }, [height, zoom, fonts]);
  return { ref, zoom };
}

function Sheet({ map, lang, paper, only, index, count }: SheetProps) {
  const { width, height, scale, ownNotes } = PAPERS[paper];
  const least = sheetWidth(map, only);
  const { ref, zoom } = useFit(height, Math.min(scale, width / (least + LABEL_WIDTH + 2)));
  const columns = map.stages.filter((s) => only.includes(s.key)).reduce(
    (all, s) => all + Math.max(1, map.steps.filter((step) => step.stage === s.key).length), 0);
  const room = Math.min(width / zoom - LABEL_WIDTH - 2, Math.max(least, columns * WIDEST));
  const scene = useMapScene({ map, lang, room, zoom: "journey", only, paper: true });
  const notes = ownNotes ? only.length === 0 : index === count - 1;
  return (
    <SceneContext.Provider value={scene}>
      <div className="sj-sheet" style={{ width, height }}>
        <div ref={ref} className="sj-paper" style={{ zoom, width: width / zoom }}>
          <SheetHead />
          {only.length > 0 && <div className="sj-frame"><MapGrid bandHeight={92} /></div>}
          {notes && <Notes />}
          <SheetFoot index={index} count={count} paper={paper} />
        </div>
      </div>
    </SceneContext.Provider>
  );
}

export function PrintView({ map, lang, paper }: Pick<SheetProps, "map" | "lang" | "paper">) {
  const { page, width, shrink, ownNotes, scale } = PAPERS[paper];
  const sheets = useMemo(() => {
    const split = splitSheets(map, width / scale - LABEL_WIDTH - 2, shrink);
    return ownNotes ? [...split, []] : split;
  }, [map, width, scale, shrink, ownNotes]);
  return (
    <>
      <style>{`@page { size: ${page}; margin: 10mm; }`}</style>
      {sheets.map((only, i) => (
        <Sheet key={only.join()} map={map} lang={lang} paper={paper} only={only} index={i} count={sheets.length} />
      ))}
    </>
  );
}
