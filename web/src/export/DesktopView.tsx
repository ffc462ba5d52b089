/* Bars, the map or its table, notes, and the legend at the foot. */

import { type UIEvent, useEffect, useRef } from "react";
import { flowTable } from "../model/table";
import { Inspector } from "../map/inspector/Inspector";
import { DeviationLegend, HealthLegend, ProvenanceLegend } from "../map/Legend";
import { MapGrid } from "../map/MapGrid";
import { Notes } from "../map/Notes";
import { Patterns } from "../map/Patterns";
import { useScene } from "../map/scene";
import { DataTable, TableTwin } from "../map/TableTwin";
import { FilterBar } from "./FilterBar";
import type { ViewProps } from "./PageView";
import { TopBar } from "./TopBar";

/* Once the page is scrolled the stages' header keeps its names only. */
function shrink(event: UIEvent<HTMLElement>): void {
  const own = event.currentTarget;
  own.toggleAttribute("data-scrolled", own.scrollTop > 20);
}

/* The ribbon's table, for readers that cannot see the ribbon. */
function HiddenTable() {
  const scene = useScene();
  return <div className="sj-sr"><DataTable table={flowTable(scene)} id="sj-flow-table" /></div>;
}

export function DesktopView(props: ViewProps) {
  const { words, selection, select, map } = useScene();
  const scroller = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) scroller.current?.focus();
    first.current = false;
  }, [props.view]);
  const close = (): void => {
    const key = selection?.key ?? "";
    select(null);
    const at = selection?.kind === "step" ? map.steps.findIndex((s) => s.key === key) : -1;
    document.querySelector<HTMLElement>(`[data-row="3"][data-col="${at}"]`)?.focus();
  };
  return (
    <>
      <TopBar {...props} />
      <FilterBar {...props} />
      <div className="sj-body">
        <main className="sj-scroll" tabIndex={-1} ref={scroller} onScroll={shrink}>
          {props.view === "table" ? <><Patterns /><TableTwin /></> : (
            <>
              <p className="sj-sr">{words.keyboardHelp}</p>
              <MapGrid zoom={props.zoom} />
              <HiddenTable />
              <Notes />
            </>
          )}
        </main>
        {selection && <Inspector onClose={close} />}
      </div>
      <footer className="sj-foot">
        <ProvenanceLegend /><HealthLegend /><DeviationLegend />
        <span className="sj-foot-end">{words.balance}</span>
      </footer>
    </>
  );
}
