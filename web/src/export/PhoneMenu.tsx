/* What the bars hold on a wide page, behind one button. */

import { Icon } from "../map/Icons";
import { useScene } from "../map/scene";
import { Menu } from "./Menu";
import type { ViewProps } from "./PageView";
import { Segments } from "./Segments";

export function PhoneMenu({ lang, setLang, theme, setTheme, view, setView }: ViewProps) {
  const { words } = useScene();
  return (
    <Menu name={words.details} icon="menu" bare>
      {(close) => (
        <>
          <div className="sj-menu-group">
            <Segments label={words.language} value={lang} onChange={setLang} choices={[["en", "English"], ["ko", "한국어"]]} />
          </div>
          <div className="sj-menu-group">
            <Segments label={words.theme} value={theme} onChange={setTheme} choices={[["light", words.light], ["dark", words.dark]]} />
          </div>
          <button type="button" className="sj-button" onClick={() => { setView(view === "map" ? "table" : "map"); close(); }}>
            <Icon name={view === "map" ? "table" : "map"} />{view === "map" ? words.table : words.map}
          </button>
          <button type="button" className="sj-button" onClick={() => { close(); window.print(); }}><Icon name="down" />{words.print}</button>
        </>
      )}
    </Menu>
  );
}
