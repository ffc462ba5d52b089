/* The map as a page to read and explore. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { LABEL_WIDTH, visibleColumns, layoutColumns, type Zoom } from "../model/columns";
import type { JourneyMap } from "../model/document";
import { asOfText, type Fact } from "../model/facts";
import type { Lang } from "../model/values";
import { type Explained, Popover } from "../map/Popover";
import { type Scene, SceneContext, type Selection } from "../map/scene";
import { useMapScene } from "../map/useMapScene";
import { DesktopView } from "./DesktopView";
import type { Theme } from "./options";
import { PhoneView } from "./PhoneView";
import { useAway } from "./useAway";
import { usePageKeys } from "./usePageKeys";
import { useWidth } from "./useWidth";
import { useWindow } from "./useWindow";

export type View = "map" | "table";
const PHONE = 768;
const DOCKED = 1200;
const INSPECTOR = 344;
const MANY = 60;

export interface PageProps {
  readonly map: JourneyMap;
  readonly lang: Lang;
  readonly theme: Theme;
  readonly setLang: (lang: Lang) => void;
  readonly setTheme: (theme: Theme) => void;
}

export interface ViewProps extends PageProps {
  readonly zoom: Zoom;
  readonly setZoom: (zoom: Zoom) => void;
  readonly view: View;
  readonly setView: (view: View) => void;
}

export function PageView(props: PageProps) {
  const { map, lang } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, typeof window === "undefined" ? 1440 : window.innerWidth);
  const [zoom, setZoom] = useState<Zoom>(map.steps.length > MANY ? "overview" : "journey");
  const [view, setView] = useState<View>("map");
  const [selection, select] = useState<Selection | null>(null);
  const [explained, setExplained] = useState<Explained | null>(null);
  const explain = useCallback<Scene["explain"]>((fact: Fact | null, at, pinned = false) => {
    setExplained((now) => (fact && at ? { fact, at, pinned } : now?.pinned && at ? now : null));
  }, []);
  const phone = width < PHONE;
  const docked = !phone && selection !== null && width >= DOCKED;
  const room = width - LABEL_WIDTH - 1 - (docked ? INSPECTOR : 0);
  const layout = useMemo(() => layoutColumns(map, room, zoom), [map, room, zoom]);
  const seen = useWindow(layout.columns.length > MANY && !phone, view);
  const drawn = seen ? visibleColumns(layout, seen[0], seen[1]) : null;
  const scene = useMapScene({ map, lang, room, zoom, selection, select, explain, drawn });
  const asOf = useMemo(() => asOfText(map.data, scene), [map, lang]);
  useEffect(() => setExplained(null), [lang, zoom, selection, view]);
  useAway(explained?.pinned ?? false, () => setExplained(null));
  usePageKeys({
    setZoom,
    toggleView: () => setView((now) => (now === "map" ? "table" : "map")),
    escape: () => (explained ? setExplained(null) : select(null)),
  });
  const shared: ViewProps = { ...props, zoom, setZoom, view, setView };
  return (
    <SceneContext.Provider value={scene}>
      <div ref={frame} className={phone ? "sj-page-phone" : "sj-page"}>
        {phone ? <PhoneView {...shared} /> : <DesktopView {...shared} />}
      </div>
      {explained && (
        <Popover shown={explained} words={scene.words} asOf={asOf} onClose={() => setExplained(null)} />
      )}
    </SceneContext.Provider>
  );
}
