/* The whole map at once, for a picture: nothing scrolls, nothing is pressed. */

import { LABEL_WIDTH } from "../model/columns";
import type { JourneyMap } from "../model/document";
import type { Lang } from "../model/values";
import { MapGrid } from "../map/MapGrid";
import { Notes } from "../map/Notes";
import { SceneContext } from "../map/scene";
import { useMapScene } from "../map/useMapScene";
import { SheetHead } from "./SheetHead";

const MARGIN = 24;

export function PictureView({ map, lang, width }: { map: JourneyMap; lang: Lang; width: number }) {
  const room = width - 2 * MARGIN - LABEL_WIDTH - 2;
  const scene = useMapScene({ map, lang, room, zoom: "journey", paper: true });
  const full = Math.max(width, scene.layout.width + LABEL_WIDTH + 2 + 2 * MARGIN);
  return (
    <SceneContext.Provider value={scene}>
      <div className="sj-picture sj-paper" style={{ width: full, padding: MARGIN }} data-width={full}>
        <SheetHead />
        <div className="sj-frame"><MapGrid /></div>
        <Notes />
      </div>
    </SceneContext.Provider>
  );
}
