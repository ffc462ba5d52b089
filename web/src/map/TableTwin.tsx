/* The same figures as tables, with CSV beside each. */

import { toCsv } from "../model/csv";
import { type Table, tables, type Value } from "../model/table";
import { download } from "./download";
import { Icon } from "./Icons";
import { type Scene, useScene } from "./scene";

function shown(value: Value, share: boolean, { format }: Scene): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  return share ? format.percent(value) : format.count(value);
}

function numeric(table: Table, column: number): boolean {
  return table.rows.some((row) => typeof row[column] === "number");
}

export function DataTable({ table, id }: { table: Table; id?: string }) {
  const scene = useScene();
  const numbers = table.head.map((_, i) => numeric(table, i));
  const marked = scene.selection?.key;
  return (
    <table id={id} className="sj-table">
      <caption className="sj-sr">{table.title}</caption>
      <thead>
        <tr>{table.head.map((name, i) => <th key={i} scope="col" className={numbers[i] ? "is-number" : ""}>{name}</th>)}</tr>
      </thead>
      <tbody>
        {table.rows.map((row, r) => (
          <tr key={r} className={table.keys[r] === marked ? "is-marked" : ""}>
            {row.map((value, i) => (
              <td key={i} className={numbers[i] ? "is-number" : ""}>{shown(value, table.shares.has(i), scene)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function TableTwin() {
  const scene = useScene();
  const { words, map } = scene;
  return (
    <div className="sj-twin">
      {tables(scene).map((table) => (
        <section key={table.id} aria-label={table.title}>
          <div className="sj-twin-head">
            <h2>{table.title}</h2>
            <button type="button" className="sj-button" data-csv={table.id}
              onClick={() => download(`${map.id || "map"}-${table.id}.csv`, "text/csv", toCsv(table))}>
              <Icon name="down" />CSV
            </button>
          </div>
          <div className="sj-table-scroll" tabIndex={0} role="region" aria-label={`${words.table}: ${table.title}`}>
            <DataTable table={table} {...(table.id === "flows" ? { id: "sj-flow-table" } : {})} />
          </div>
        </section>
      ))}
    </div>
  );
}
