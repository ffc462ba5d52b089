/* The exported map: bars above, the map or its table, notes below. */

import { useEffect, useState } from "react";
import type { JourneyMap } from "../model/document";
import type { Lang } from "../model/values";
import type { Options, Theme } from "./options";
import { PageView } from "./PageView";
import { PictureView } from "./PictureView";
import { PrintView } from "./PrintView";
import { usePrinting } from "./usePrinting";

export interface AppProps {
  readonly map: JourneyMap;
  readonly options: Options;
}

export function App({ map, options }: AppProps) {
  const [lang, setLang] = useState<Lang>(options.lang);
  const [theme, setTheme] = useState<Theme>(options.theme);
  const printing = usePrinting() || options.mode === "print";
  useEffect(() => {
    const root = document.documentElement;
    root.lang = lang;
    root.dataset.theme = printing ? "light" : theme;
  }, [lang, theme, printing]);
  if (printing) return <PrintView map={map} lang={lang} paper={options.paper} />;
  if (options.mode === "picture") return <PictureView map={map} lang={lang} width={options.width} />;
  return <PageView map={map} lang={lang} theme={theme} setLang={setLang} setTheme={setTheme} />;
}
