/* A name from data that may break after its joints: paid_search, /product/list. */

import { Fragment } from "react";

export function Breakable({ text }: { text: string }) {
  const parts = text.split(/(?<=[_/:-])(?=[^\s_/.:-])|(?<=\p{L}\.)(?=\p{L})/u);
  return <>{parts.map((part, i) => <Fragment key={i}>{i > 0 && <wbr />}{part}</Fragment>)}</>;
}
