/* Where am I, what can I do. */

import { say } from "../model/values";
import { Icon, Logo } from "../map/Icons";
import { useScene } from "../map/scene";
import type { ViewProps } from "./PageView";
import { ExportMenu } from "./ExportMenu";
import { Segments } from "./Segments";

export function TopBar({ map, lang, theme, setLang, setTheme, view, setView }: ViewProps) {
  const { words, format } = useScene();
  return (
    <header className="sj-top">
      <Logo />
      <h1>{say(map.title, lang)}</h1>
      <span className="sj-chip">v{map.version}</span>
      {map.data.simulated && <span className="sj-chip is-warn" title={words.simulatedNote}>{words.simulated}</span>}
      <span className="sj-cap sj-top-note">{map.data.as_of && words.dataTo(format.dateTime(map.data.as_of))}</span>
      <span className="sj-space" />
      <button type="button" className="sj-button" aria-keyshortcuts="T" aria-pressed={view === "table"}
        onClick={() => setView(view === "map" ? "table" : "map")}>
        <Icon name={view === "map" ? "table" : "map"} />{view === "map" ? words.table : words.map}
      </button>
      <ExportMenu map={map} lang={lang} setView={setView} />
      <Segments label={words.language} value={lang} onChange={setLang} choices={[["en", "EN"], ["ko", "한국어"]]} />
      <button type="button" className="sj-button" aria-pressed={theme === "dark"}
        onClick={() => setTheme(theme === "dark" ? "light" : "dark")}>
        <Icon name={theme === "dark" ? "sun" : "moon"} />{theme === "dark" ? words.light : words.dark}
      </button>
    </header>
  );
}
