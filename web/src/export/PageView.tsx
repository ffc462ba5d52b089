/* The map as a page to read and explore. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { LABEL_WIDTH, visibleColumns, type Zoom } from "../model/columns";
import type { JourneyMap } from "../model/document";
import { asOfText, type Fact } from "../model/facts";
import type { Lang } from "../model/values";
import { type Explained, Popover } from "../map/Popover";
import { type Scene, SceneContext, type Selection } from "../map/scene";
import { useMapScene } from "../map/useMapScene";
import { DesktopView } from "./DesktopView";
import type { Theme } from "./options";
import { useWidth } from "./useWidth";

export interface PageProps {
  readonly map: JourneyMap;
  readonly lang: Lang;
  readonly theme: Theme;
  readonly setLang: (lang: Lang) => void;
  readonly setTheme: (theme: Theme) => void;
}

export function PageView(props: PageProps) {
  const { map, lang } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 1440);
  const [zoom, setZoom] = useState<Zoom>("journey");
  const [selection, select] = useState<Selection | null>(null);
  const [explained, setExplained] = useState<Explained | null>(null);
  const explain = useCallback<Scene["explain"]>((fact: Fact | null, at, pinned = false) => {
    setExplained((now) => {
      if (fact && at) return { fact, at, pinned };
      return now?.pinned && at === null ? null : null;
    });
  }, []);
  const scene = useMapScene({
    map, lang, room: width - LABEL_WIDTH - 1, zoom, selection, select, explain,
  });
  const asOf = useMemo(() => asOfText(map.data, scene), [map, lang]);
  useEffect(() => setExplained(null), [lang, zoom, selection]);
  return (
    <SceneContext.Provider value={scene}>
      <div ref={frame} className="sj-page">
        <DesktopView {...props} zoom={zoom} setZoom={setZoom} />
      </div>
      {explained && <Popover shown={explained} words={scene.words} asOf={asOf} onClose={() => setExplained(null)} />}
    </SceneContext.Provider>
  );
}

export { visibleColumns };
