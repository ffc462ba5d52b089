/* Bars, the map or its table, notes, and the legend at the foot. */

import type { Zoom } from "../model/columns";
import { DeviationLegend, HealthLegend, ProvenanceLegend } from "../map/Legend";
import { MapGrid } from "../map/MapGrid";
import { Notes } from "../map/Notes";
import { useScene } from "../map/scene";
import { FilterBar } from "./FilterBar";
import type { PageProps } from "./PageView";
import { TopBar } from "./TopBar";

export interface DesktopProps extends PageProps {
  readonly zoom: Zoom;
  readonly setZoom: (zoom: Zoom) => void;
}

export function DesktopView(props: DesktopProps) {
  const { words } = useScene();
  return (
    <>
      <TopBar {...props} />
      <FilterBar {...props} />
      <main className="sj-scroll" tabIndex={-1}>
        <MapGrid zoom={props.zoom} />
        <Notes />
      </main>
      <footer className="sj-foot">
        <ProvenanceLegend /><HealthLegend /><DeviationLegend />
        <span className="sj-foot-end">{words.balance}</span>
      </footer>
    </>
  );
}
