/* Take the map away: tables as CSV, the picture as SVG, paper. */

import type { JourneyMap } from "../model/document";
import type { Lang } from "../model/values";
import { download } from "../map/download";
import { Icon } from "../map/Icons";
import { useScene } from "../map/scene";
import { Menu } from "./Menu";
import type { View } from "./PageView";
import { pictureSvg } from "./pictureSvg";

interface ExportProps {
  readonly map: JourneyMap;
  readonly lang: Lang;
  readonly setView: (view: View) => void;
}

export function ExportMenu({ map, lang, setView }: ExportProps) {
  const { words } = useScene();
  const svg = (): void => download(`${map.id || "map"}.svg`, "image/svg+xml", pictureSvg(map, lang));
  return (
    <Menu name={words.exportMenu} icon="down">
      {(close) => (
        <>
          <button type="button" className="sj-button" onClick={() => { close(); setView("table"); }}><Icon name="table" />{words.csv}</button>
          <button type="button" className="sj-button" onClick={() => { close(); svg(); }}><Icon name="map" />{words.svg}</button>
          <button type="button" className="sj-button" onClick={() => { close(); window.print(); }}><Icon name="down" />{words.print}</button>
        </>
      )}
    </Menu>
  );
}
